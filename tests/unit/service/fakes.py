"""A telephony side that does what the test says, and a caller's line whose end the test holds."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from ivr.acd.engine import Engine
from ivr.acd.messages import LogIn
from ivr.model.errors import CallerGoneError, TelephonyDownError, TelephonyError
from ivr.model.events import Event
from ivr.model.site import Site
from ivr.ports import Briefing, DialResult, DialTarget, Memo
from ivr.service.conversations import Conversations
from ivr.service.desk import Desk
from ivr.service.dispatcher import Dispatcher
from ivr.service.legs import PhoneChanged
from ivr.service.privacy import Privacy
from ivr.service.recordings import Recordings
from ivr.service.tasks import Tasks
from ivr.testing.clock import VirtualClock

SITE = Site.model_validate(
    {
        "numbers": {"600": "main"},
        "skills": {"sales": "Sales", "support": "Support"},
        "teams": {"front": "Front", "back": "Back"},
        "agents": {
            "ada": {
                "name": "Ada",
                "extension": "1001",
                "team": "front",
                "skills": {"sales": 5, "support": 5},
            },
            "bob": {"name": "Bob", "extension": "1002", "team": "front", "skills": {"sales": 5}},
            "eve": {
                "name": "Eve",
                "extension": "1009",
                "team": "front",
                "role": "supervisor",
            },
            "zoe": {"name": "Zoe", "extension": "1010", "team": "back", "role": "supervisor"},
        },
        "queues": {
            "sales": {"title": "Sales", "skills": "sales >= 1", "wrap_up_s": 0},
            "support": {
                "title": "Support",
                "extension": "820",
                "skills": "support >= 1",
                "record": False,
            },
        },
        "pause_reasons": {"1": "lunch"},
        "emergency": {"say": "Sorry.", "ring": ["1001"]},
        "phones": {"door": {"name": "Door", "extension": "2009"}},
    }
)


class Events(list[Event]):
    """Records; `of(kind)` picks."""

    def record(self, event: Event) -> None:
        self.append(event)

    def of(self, kind: type) -> list:
        return [event for event in self if isinstance(event, kind)]


@dataclass
class FakeTelephony:
    rung: list[tuple[str, str]] = field(default_factory=list)
    """(leg, extension)"""
    briefings: list[Briefing | None] = field(default_factory=list)
    """One for each of them."""
    ended: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    muted: list[tuple[str, bool]] = field(default_factory=list)
    """(channel, mute or not)"""
    stopped: list[str] = field(default_factory=list)
    deafened: list[str] = field(default_factory=list)
    """Supervisors' channels that were told to listen no more."""
    down: bool = False

    async def ring(
        self,
        leg: str,
        extension: str,
        *,
        caller: str,
        title: str,
        timeout_s: float,
        briefing: Briefing | None = None,
    ) -> None:
        if self.down:
            raise TelephonyDownError("down")
        self.rung.append((leg, extension))
        self.briefings.append(briefing)

    async def ring_out(
        self,
        leg: str,
        target: DialTarget,
        *,
        caller: str,
        title: str,
        timeout_s: float,
        stays: bool,
    ) -> None:
        self.rung.append((leg, target.extension or target.number))

    async def hang_up(self, channel: str) -> None:
        self.ended.append(channel)

    async def keep_waiting(self, leg: str) -> None:
        self.kept.append(leg)

    async def mute_recording(self, channel: str, *, on: bool) -> None:
        if self.down:
            raise TelephonyDownError("down")
        self.muted.append((channel, on))

    async def stop_recording(self, channel: str) -> None:
        if self.down:
            raise TelephonyDownError("down")
        self.stopped.append(channel)

    async def end_listening(self, channel: str) -> None:
        self.deafened.append(channel)


class Log(list[str]):
    """What was done with a line, in order."""

    def __init__(self) -> None:
        self._grown = asyncio.Event()

    def append(self, entry: str) -> None:
        super().append(entry)
        self._grown.set()

    async def reaches(self, length: int) -> None:
        async with asyncio.timeout(5):
            while len(self) < length:
                self._grown.clear()
                await self._grown.wait()


class FakeLine:
    """A caller; the test presses keys, ends the talk and hangs up."""

    def __init__(self, call: str = "c1", channel: str = "ch1") -> None:
        self.id, self.channel = call, channel
        self.caller, self.caller_name, self.dialled = "2001", "Cal", "600"
        self.address = "192.0.2.7"
        self.memos: list[Memo] = []
        self.log = Log()
        self.keys: asyncio.Queue[str] = asyncio.Queue()
        self.hung_up = asyncio.Event()
        self.agent_left = asyncio.Event()
        self.leg_there = True
        self.plays = False
        """An announcement plays; it goes on after the task that began it was cancelled."""
        self.played_out = asyncio.Event()
        """Cleared by a test: whatever is played does not end by itself."""
        self.played_out.set()
        self.dialled_result = DialResult("answered", 5.0)
        self.cut_by: dict[str, str] = {}
        """Text -> the key that cuts what is played short."""
        self.unplayable: set[str] = set()
        self.message_keys: dict[str, str] = {}
        """Message -> the key pressed while it plays, or `hangup`."""
        self.breaks_at = ""
        """The memo's state at which Asterisk refuses."""

    def _here(self) -> None:
        if self.hung_up.is_set():
            raise CallerGoneError

    async def answer(self) -> None:
        self._here()

    async def play(self, audio, *, keys: str = "") -> str:
        self._here()
        if not audio:
            return ""
        self.log.append("play " + " ".join(getattr(a, "text", "") for a in audio))
        self.plays = True
        await self.played_out.wait()
        self.plays = False
        return next((key for text, key in self.cut_by.items() if text in self.log[-1]), "")

    async def wait_key(self, timeout_s: float) -> str:
        self._here()
        return "" if self.keys.empty() else self.keys.get_nowait()

    async def hangup(self) -> None:
        self._here()
        self.log.append("hangup")

    async def remember(self, memo: Memo) -> None:
        self._here()
        if memo.state == self.breaks_at:
            raise TelephonyError("refused")
        self.memos.append(memo)

    async def start_music(self, music: str) -> None:
        self._here()
        self.log.append(f"music {music}")

    async def stop_music(self) -> None:
        self._here()
        self.log.append("quiet")

    async def next_key(self) -> str:
        return await self.keys.get()

    def forget_keys(self) -> None:
        while not self.keys.empty():
            self.keys.get_nowait()

    async def cut(self) -> None:
        self._here()
        if self.plays:
            self.plays = False
            self.log.append("cut")

    async def wait_gone(self) -> None:
        await self.hung_up.wait()

    async def join(self, leg: str) -> None:
        self._here()
        self.log.append(f"join {leg}")
        if not self.leg_there:
            return
        gone = asyncio.create_task(self.hung_up.wait())
        left = asyncio.create_task(self.agent_left.wait())
        try:
            await asyncio.wait({gone, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            left.cancel()
        self._here()

    def parts(self) -> None:
        """Whoever is joined now leaves; the next one stays."""
        left, self.agent_left = self.agent_left, asyncio.Event()
        left.set()

    async def join_others(self, leg: str) -> None:
        await self.join(f"with {leg}")

    async def dial(self, target: DialTarget, *, ring_timeout_s: float) -> DialResult:
        self._here()
        self.log.append(f"dial {target.extension or target.number}")
        return self.dialled_result

    async def joined(self) -> bool:
        there, self.leg_there = self.leg_there, True
        return there

    async def start_recording(self, file: str) -> None:
        self.log.append("record")
        _write_silence(file)

    async def stop_recording(self) -> None:
        self.log.append("stop recording")

    async def play_message(self, file: str, *, keys: str) -> str:
        self._here()
        if file in self.unplayable:
            raise TelephonyError("no such file")
        self.log.append(f"message {file}")
        key = self.message_keys.get(file, "")
        if key == "hangup":
            raise CallerGoneError
        return key

    async def listen(self, leg: str) -> None:
        self.log.append(f"listen {leg}")
        await self.agent_left.wait()


def _write_silence(file: str) -> None:
    """One second in both channels."""
    Path(file).write_bytes(b"\0" * 32000)


class House:
    """The service with fakes around it."""

    def __init__(self, directory: Path) -> None:
        self.clock = VirtualClock(1_000_000.0)
        self.directory = directory
        self.events = Events()
        self.telephony = FakeTelephony()
        self.engine = Engine(SITE)
        self.legs = 0
        self.faults: list[str] = []
        """Where routing went wrong, as counted."""
        self.dispatcher = Dispatcher(
            SITE,
            self.engine,
            self.telephony,
            self.events,
            self.clock,
            self._leg,
            on_error=self.faults.append,
        )
        self.tasks = Tasks("test")
        recordings = Recordings(directory, self.events, self.clock)
        self.desk = Desk(
            SITE,
            self.dispatcher,
            Conversations(),
            recordings,
            Privacy(recordings, self.telephony, self.events, self.clock, self.tasks),
            self.events,
            self.clock,
            self.tasks,
        )

    def _leg(self) -> str:
        self.legs += 1
        return f"leg-{self.legs}"

    def log_in(self, *agents: str) -> None:
        for agent in agents:
            self.dispatcher.on_leg_event(PhoneChanged(SITE.agents[agent].extension, True))
            self.dispatcher.feed(LogIn(agent))

    async def close(self) -> None:
        await self.dispatcher.close()
        await self.tasks.close()


async def settle(rounds: int = 20) -> None:
    """Let everything that can run now run."""
    for _ in range(rounds):
        await asyncio.sleep(0)
