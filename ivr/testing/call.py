"""A caller who follows a script."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ivr.model.errors import CallerGoneError
from ivr.nodes.prompt import spoken_texts
from ivr.ports import Audio, DialResult, DialTarget, Message
from ivr.testing.clock import VirtualClock
from ivr.testing.steps import Script, Step

SPEECH_CHARACTERS_PER_S = 15.0
"""How fast prompts are taken to be spoken; only the clock shows it."""

MESSAGE_S = 10.0
TALK_S = 60.0


@dataclass
class Recorded:
    """One message left."""

    mailbox: str
    seconds: float


@dataclass
class FakeCall:
    """Implements the Call port. `heard` holds every prompt that began to play, in order."""

    clock: VirtualClock
    steps: Iterable[Step] = ()
    caller: str = "+15550100"
    caller_name: str = ""
    dialled: str = "600"
    dials: Mapping[str, str] = field(default_factory=dict)
    """Extension or number -> how dialling it ends; `answered` for those not named."""
    id: str = "call-1"
    heard: list[str] = field(default_factory=list)
    dialled_targets: list[DialTarget] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    """Those the telephony system was told to speak, in order."""
    messages: list[Recorded] = field(default_factory=list)
    gone: bool = False

    def __post_init__(self) -> None:
        self.script = Script(self.steps)
        self._paused = False

    async def answer(self) -> None:
        self.require_caller()

    async def speak(self, language: str) -> None:
        self.require_caller()
        self.languages.append(language)

    async def play(self, audio: Sequence[Audio], *, keys: str = "") -> str:
        self.require_caller()
        self.heard.append(spoken_texts(audio))
        self.leave_if_scripted()
        self._paused = False
        if not self.script.listens() and self.script.peek() in tuple(keys):
            return self._press()
        self.clock.advance(len(self.heard[-1]) / SPEECH_CHARACTERS_PER_S)
        return ""

    async def wait_key(self, timeout_s: float) -> str:
        self.require_caller()
        if not self._paused:
            self.leave_if_scripted()
            if self.script.peek():
                return self._press()
        self.clock.advance(timeout_s)
        if not self._paused:
            self.script.lets_time_pass()
        self._paused = False
        return ""

    async def wait_keys(self, count: int, timeout_s: float) -> str:
        typed = ""
        while len(typed) < count and (key := await self.wait_key(timeout_s)) not in ("", "#"):
            typed += key
        return typed

    async def pass_over_keys(self, pause_s: float) -> None:
        self.require_caller()
        self.script.leave_press()
        self.clock.advance(pause_s)

    async def record_message(
        self, mailbox: str, *, seconds_max: float, silence_s: float, finish_keys: str
    ) -> Message:
        self.require_caller()
        seconds = min(MESSAGE_S, seconds_max)
        self.clock.advance(seconds)
        self.messages.append(Recorded(mailbox, seconds))
        if self.script.hangs_up():
            self.script.skip()
            self.gone = True
        elif self.script.peek() in tuple(finish_keys):
            self._press()
        else:
            self.clock.advance(silence_s)
            self.script.lets_time_pass()
        return Message(f"{mailbox}-{len(self.messages)}", seconds, hung_up=self.gone)

    async def dial(self, target: DialTarget, *, ring_timeout_s: float) -> DialResult:
        self.require_caller()
        self.dialled_targets.append(target)
        if not self.script.lets_time_pass():
            self.leave_if_scripted()
        outcome = self.dials.get(target.extension or target.number, "answered")
        talk_s = TALK_S if outcome == "answered" else 0.0
        self.clock.advance(talk_s or (ring_timeout_s if outcome == "no_answer" else 0.0))
        return DialResult(outcome, talk_s)

    async def wait_gone(self) -> None:
        """A scripted caller hangs up only where something is played or asked."""
        await asyncio.get_running_loop().create_future()

    async def cut(self) -> None:
        """All is quiet: what is played here takes no time but the clock's."""

    async def hangup(self) -> None:
        self.require_caller()
        self.gone = True

    def require_caller(self) -> None:
        if self.gone:
            raise CallerGoneError("the caller has hung up")

    def leave_if_scripted(self) -> None:
        """Hangs up when the script says so, which raises CallerGoneError."""
        if self.script.hangs_up():
            self.script.skip()
            self.gone = True
            self.require_caller()

    def _press(self) -> str:
        key, self._paused = self.script.take()
        return key
