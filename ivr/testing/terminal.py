"""A call played at the keyboard: same nodes, same walk, somebody at the terminal is the caller."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import get_args

from ivr.model.agents import QueueOutcome
from ivr.model.errors import CallerGoneError
from ivr.model.events import Event, FlowFailed, NodeEntered
from ivr.nodes.base import KEYS
from ivr.nodes.prompt import spoken_texts
from ivr.ports import (
    Audio,
    Away,
    Call,
    DialResult,
    DialTarget,
    LastTalk,
    LookupAnswer,
    LookupRequest,
    Message,
    QueueRequest,
    QueueResult,
)
from ivr.testing.call import TALK_S, FakeCall
from ivr.testing.lookups import FAILURES, GivenAnswer, answered, shown
from ivr.testing.steps import HangUp, Press, Script, Step, Wait
from ivr.testing.suite import DialOutcome

_QUEUE_ANSWERS = {one.value: one for one in QueueOutcome if one != QueueOutcome.EXIT_KEY}
_DIAL_ANSWERS: tuple[str, ...] = get_args(DialOutcome)


@dataclass(frozen=True)
class Terminal:
    """Prints lines and asks for lines; `ask` raises EOFError when nobody will type any more."""

    show: Callable[[str], None]
    ask: Callable[[str], str]

    def answer(self, question: str) -> str:
        """One line, stripped; raises CallerGoneError on `hangup` and at the end of input."""
        try:
            line = self.ask(question).strip()
        except EOFError:
            line = "hangup"
        if line == "hangup":
            raise CallerGoneError("hung up at the terminal")
        return line

    def one_of(self, question: str, answers: Sequence[str]) -> str:
        """One of `answers`; an empty line means the first."""
        while True:
            line = self.answer(question) or answers[0]
            if line in answers:
                return line
            self.show(f"  please type one of: {', '.join(answers)}")


@dataclass
class TerminalCall(FakeCall):
    """Asks at the terminal whenever the call waits for a key."""

    terminal: Terminal = field(kw_only=True)

    async def play(self, audio: Sequence[Audio], *, keys: str = "") -> str:
        key = await super().play(audio, keys=keys)
        self.terminal.show(f"🔊 {self.heard[-1]}")
        return key

    async def wait_key(self, timeout_s: float) -> str:
        self.require_caller()
        if not self.script.left and not self._paused:
            self.script = Script([self._next_step()])
        return await super().wait_key(timeout_s)

    async def record_message(
        self, mailbox: str, *, seconds_max: float, silence_s: float, finish_keys: str
    ) -> Message:
        self.require_caller()
        self.terminal.show(f"⏺  beep; recording for mailbox {mailbox}")
        self.outcome("  Enter ends the message, or hangup: ", ("done",))
        return await super().record_message(
            mailbox, seconds_max=seconds_max, silence_s=silence_s, finish_keys=finish_keys
        )

    async def dial(self, target: DialTarget, *, ring_timeout_s: float) -> DialResult:
        self.require_caller()
        self.terminal.show(f"☎  ringing {target.extension or target.number}")
        outcome = self.outcome("  how does it end? [answered] ", _DIAL_ANSWERS)
        self.clock.advance(ring_timeout_s if outcome == "no_answer" else 0.0)
        return DialResult(outcome, TALK_S if outcome == "answered" else 0.0)

    def outcome(self, question: str, answers: Sequence[str]) -> str:
        try:
            return self.terminal.one_of(question, answers)
        except CallerGoneError:
            self.gone = True
            raise

    def line(self, question: str) -> str:
        """Whatever is typed."""
        try:
            return self.terminal.answer(question)
        except CallerGoneError:
            self.gone = True
            raise

    def _next_step(self) -> Step:
        while True:
            try:
                line = self.terminal.answer("> ")
            except CallerGoneError:
                return HangUp()
            if line in ("", "wait"):
                return Wait()
            if not set(line) - set(KEYS):
                return Press(line)
            self.terminal.show("  type keys (0-9 * #), wait (or nothing), or hangup")


@dataclass
class TerminalQueues:
    """Tells what was asked of the queue and asks what happens in line.

    A key for self-service leads through the flow's own nodes and back into the same line.
    """

    terminal: Terminal
    _talked_in: str = ""
    """The queue whose agent talked to the caller last."""
    _away: str = ""
    """The queue in whose line a caller who is away still stands."""

    async def call_back(self, number: str) -> bool:
        if not self._away:
            return False
        self.terminal.show(f"🎵 out of {self._away}: {number} is called back, the place is kept")
        self._away = ""
        return True

    async def serve(self, call: Call, request: QueueRequest) -> QueueResult | Away:
        assert isinstance(call, TerminalCall)
        call.require_caller()
        back, self._away = self._away == request.queue, ""
        if back:
            self.terminal.show(f"🎵 back in the line of {request.queue}, the place was kept")
        else:
            await self._enter(call, request)
        keys = (*request.exit_keys, *request.away_keys)
        choice = f" or key {' '.join(keys)}" if keys else ""
        answers = (*_QUEUE_ANSWERS, *keys)
        answer = call.outcome(f"  how does it end? [answered{choice}] ", answers)
        if answer in request.away_keys:
            self._away = request.queue
            return Away(answer)
        if answer in keys:
            return QueueResult(QueueOutcome.EXIT_KEY, answer)
        if _QUEUE_ANSWERS[answer] == QueueOutcome.ANSWERED:
            self._talked_in = request.queue
        return QueueResult(_QUEUE_ANSWERS[answer])

    def last_talk(self) -> LastTalk:
        return LastTalk(self._talked_in)

    async def called_back(self) -> None:
        await asyncio.get_running_loop().create_future()

    async def _enter(self, call: TerminalCall, request: QueueRequest) -> None:
        more = f", skills {request.skills}" if request.skills else ""
        self.terminal.show(f"🎵 queue {request.queue}, priority {request.priority:+d}{more}")
        if request.prompt:
            await call.play(request.prompt)
        for one in request.announcements:
            again = f", then every {one.every_s:g} s" if one.every_s else ""
            what = spoken_texts(one.audio) or f"the {one.tells}"
            self.terminal.show(f"  after {one.after_s:g} s{again}: {what}")


@dataclass(frozen=True)
class TerminalLookups:
    """Shows what another system would be asked; somebody at the terminal answers in its place."""

    call: TerminalCall

    async def ask(self, request: LookupRequest) -> LookupAnswer:
        self.call.terminal.show(f"🌐 {shown(request)}")
        while True:
            line = self.call.line("  JSON, a status, or how it fails: [unreachable] ")
            try:
                return answered(self._given(line or "unreachable"))
            except ValueError:
                self.call.terminal.show(
                    f'  type JSON such as {{"tier": "gold"}}, a status such as 404, '
                    f"or one of: {', '.join(FAILURES)}"
                )

    @staticmethod
    def _given(line: str) -> GivenAnswer:
        """ValueError for what is neither."""
        if line in FAILURES:
            return GivenAnswer.model_validate({"fails": line})
        if line.isdecimal():
            return GivenAnswer.model_validate({"status": line})
        return GivenAnswer.model_validate({"json": line})


@dataclass(frozen=True)
class TerminalTrace:
    """Implements the Recorder port: shows each node as it is entered, and failures."""

    show: Callable[[str], None]

    def record(self, event: Event) -> None:
        if isinstance(event, NodeEntered):
            self.show(f"[{event.node}]")
        elif isinstance(event, FlowFailed):
            self.show(f"[{event.node}] FAILED: {event.reason}")
