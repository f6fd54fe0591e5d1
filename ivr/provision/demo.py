"""Simulated people on real phones: agents who log in and answer, callers who call and listen."""

import asyncio
import random
import subprocess
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.provision.packages import Say, last_words
from ivr.provision.secrets import Secrets
from ivr.provision.softphone import PORTS, Softphone, SoftphoneError
from ivr.settings import Settings

AGENT_SAYS = "Hello, thank you for waiting. How may I help you today? I see. Let me check that."
CALLER_SAYS = "Hello. I have a question about my order. It has not arrived yet. Could you look?"
_SPEECH_TIMEOUT_S = 60
_REPEATS = 40
_CONVERSATION_S = (8.0, 25.0)
_PICK_UP_S = (0.8, 3.0)
_THINK_S = (3.0, 7.0)
_PATIENCE_S = (45.0, 120.0)
_KEYS = ("1", "1", "2", "2", "3", "0")
"""What callers press, once each time they are asked; weighted by repetition."""
_PRESSES_MAX = 2


@dataclass(frozen=True)
class Rate:
    calls_per_minute: float
    first_port: int
    """Each phone takes ten ports from here on."""


class Demo:
    """Owns every simulated phone and person; `run` never returns by itself."""

    def __init__(
        self, settings: Settings, site: Site, secrets: Secrets, rate: Rate, *, log_in: str, say: Say
    ) -> None:
        self._settings = settings
        self._site = site
        self._secrets = secrets
        self._rate = rate
        self._log_in = log_in
        self._say = say
        self._directory = settings.state_dir.resolve() / "demo"
        self._chance = random.Random()  # noqa: S311  Variety, not secrecy.
        self._phones = 0

    async def run(self) -> None:
        """Until cancelled; UserError when the phones cannot be started."""
        voices = self._directory / "voices"
        agent_voice = await asyncio.to_thread(speak, voices / "agent.wav", AGENT_SAYS)
        caller_voice = await asyncio.to_thread(speak, voices / "caller.wav", CALLER_SAYS)
        agents = [a.extension for a in self._site.agents.values() if a.role == "agent"]
        callers = [phone.extension for phone in self._site.phones.values()]
        async with AsyncExitStack() as stack:
            try:
                desks = [await self._phone(stack, ext, agent_voice) for ext in agents]
                lines = [await self._phone(stack, ext, caller_voice) for ext in callers]
            except SoftphoneError as error:
                raise UserError(f"The demonstration's phones did not start: {error}") from error
            async with asyncio.TaskGroup() as people:
                for phone in desks:
                    people.create_task(self._agent(phone), name=f"demo agent {phone.extension}")
                people.create_task(self._arrivals(lines, people), name="demo arrivals")

    async def _phone(self, stack: AsyncExitStack, extension: str, voice: Path) -> Softphone:
        phone = Softphone(
            self._directory / extension,
            extension,
            self._secrets.sip[extension],
            self._settings.sip_port,
            self._rate.first_port + PORTS * self._phones,
            voice=voice,
        )
        self._phones += 1
        return await stack.enter_async_context(phone)

    async def _agent(self, phone: Softphone) -> None:
        """Logs in, then takes calls for ever; a call that goes wrong is told and forgotten."""
        await phone.dial(self._log_in)
        await self._closed(phone, timeout_s=30.0)
        self._say(f"agent {phone.extension} is logged in")
        while True:
            incoming = await phone.next_event("CALL_INCOMING")
            try:
                await asyncio.sleep(self._chance.uniform(*_PICK_UP_S))
                await phone.answer()
                self._say(f"agent {phone.extension} answers {incoming.peer}")
                await self._closed(phone, timeout_s=self._chance.uniform(*_CONVERSATION_S))
            except SoftphoneError as error:
                self._say(str(error))

    async def _arrivals(self, lines: Sequence[Softphone], people: asyncio.TaskGroup) -> None:
        """One call after the other, at random moments; a caller calls once at a time."""
        busy: dict[Softphone, asyncio.Task[None]] = {}
        while lines:
            await asyncio.sleep(self._chance.expovariate(self._rate.calls_per_minute / 60))
            free = [line for line in lines if line not in busy or busy[line].done()]
            if free:
                line = self._chance.choice(free)
                busy[line] = people.create_task(
                    self._caller(line), name=f"demo caller {line.extension}"
                )

    async def _caller(self, phone: Softphone) -> None:
        number = self._chance.choice(list(self._site.numbers))
        try:
            self._say(f"caller {phone.extension} dials {number}")
            await phone.dial(number)
            await phone.wait_event("CALL_ESTABLISHED", timeout_s=15.0)
            for _ in range(self._chance.randint(1, _PRESSES_MAX)):
                await asyncio.sleep(self._chance.uniform(*_THINK_S))
                await phone.press(self._chance.choice(_KEYS))
            await self._closed(phone, timeout_s=self._chance.uniform(*_PATIENCE_S))
        except SoftphoneError as error:
            self._say(str(error))

    async def _closed(self, phone: Softphone, timeout_s: float) -> None:
        """Waits for the other side to end the call, and ends it when that takes too long."""
        try:
            await phone.wait_event("CALL_CLOSED", timeout_s=timeout_s)
        except SoftphoneError:
            await phone.hangup()
            await phone.wait_event("CALL_CLOSED", timeout_s=5.0)


def speak(file: Path, text: str) -> Path:
    """A voice that says `text` again and again, 8 kHz mono; made once."""
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    once, fresh = file.with_suffix(".once.wav"), file.with_suffix(".new.wav")
    convert = ["sox", str(once), "-r", "8000", "-c", "1", "-b", "16", str(fresh)]
    for command in (
        ["espeak-ng", "-s", "150", "-w", str(once), text],
        [*convert, "pad", "0", "1", "repeat", str(_REPEATS)],
    ):
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=_SPEECH_TIMEOUT_S
        )
        if done.returncode:
            raise UserError(f"{command[0]} failed: {last_words(done.stderr)}; see `ivr setup`")
    once.unlink()
    fresh.replace(file)
    return file
