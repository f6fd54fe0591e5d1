"""A call played at the keyboard: same nodes, same walk, somebody at the terminal is the caller."""

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from ivr.model.agents import QueueOutcome
from ivr.model.errors import CallerGoneError
from ivr.nodes.base import KEYS
from ivr.nodes.prompt import spoken_texts
from ivr.ports import (
    Announcement,
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
    Spoken,
)
from ivr.spoken import GRAMMARS
from ivr.testing.call import TALK_S, FakeCall
from ivr.testing.console import WAIT, Terminal
from ivr.testing.lookups import FAILURES, GivenAnswer, answered, shown
from ivr.testing.steps import HangUp, Press, Script, Step, Wait
from ivr.testing.suite import DialOutcome

_QUEUE_ANSWERS = {one.value: one for one in QueueOutcome if one != QueueOutcome.EXIT_KEY}
_DIAL_ANSWERS: tuple[str, ...] = get_args(DialOutcome)
_DIGITS = frozenset(
    word for one in GRAMMARS.values() for word in (*one.characters.values(), *one.symbols.values())
)
_ANNOUNCEMENTS_SHOWN_MAX = 6
"""Of one wait at the terminal; the others are counted."""
_ANSWER_OPTIONS = {
    '{"tier": "gold"}': "the JSON it answers",
    "404": "the status it answers",
    ", ".join(FAILURES): "how it fails; Enter: unreachable",
}


_KEY_OPTIONS = {
    "0-9 * #": "press these keys, then pause",
    "wait": "say nothing until the time is up; so does Enter",
    "wait 10s": "say nothing for that long, over as many questions as it takes",
}


@dataclass
class TerminalCall(FakeCall):
    """Asks at the terminal whenever the call waits for a key."""

    terminal: Terminal = field(kw_only=True)
    default_language: str = field(default="", kw_only=True)
    """In which texts are that name none; shown with what is spoken."""
    is_private: Callable[[], bool] = field(default=bool, kw_only=True)
    """Whether the call is in a sensitive node: what is typed and read back is not shown."""
    mask: Callable[[str], str] = field(default=str, kw_only=True)
    """Hides what is sensitive in a line that is shown."""
    silent_s: float = field(default=0.0, init=False)
    """For how long the caller has still said to wait."""

    async def play(self, audio: Sequence[Audio], *, keys: str = "") -> str:
        began = self.clock.now()
        if self.is_private():
            audio = [_unsaid(one) for one in audio]
        key = await super().play(audio, keys=keys)
        self.silent_s = max(0.0, self.silent_s - (self.clock.now() - began))
        self.terminal.show(f"🔊 {self.mask(in_languages(audio, self.default_language))}")
        return key

    async def wait_key(self, timeout_s: float) -> str:
        self.require_caller()
        if self.script.left or self._paused:
            return await super().wait_key(timeout_s)
        left_s = timeout_s
        while True:
            if self.silent_s > 0:
                left_s -= self.pass_time(left_s)
                if left_s <= 0:
                    return ""
            step = self._next_step()
            if step is not None:
                self.script = Script([step])
                return await super().wait_key(left_s)

    def pass_time(self, seconds_max: float) -> float:
        """Lets the silence the caller has announced pass, as far as that: how long it took."""
        passing_s = min(self.silent_s, seconds_max)
        self.silent_s -= passing_s
        self.clock.advance(passing_s)
        self.terminal.show(f"   ({round(passing_s, 1):g} s of silence)")
        return passing_s

    def keep_silent(self, line: str) -> bool:
        """Takes the duration of `wait 10s`; False, and said why, when there is none."""
        try:
            self.silent_s = self.terminal.silence(line) or 0.0
        except ValueError as error:
            self.terminal.show(f"  {error}")
        return self.silent_s > 0

    async def record_message(
        self, mailbox: str, *, seconds_max: float, silence_s: float, finish_keys: str
    ) -> Message:
        self.require_caller()
        self.terminal.show(f"⏺  beep; recording for mailbox {mailbox}")
        options = {"Enter": "the message is over", WAIT: "the same, by silence"}
        self.outcome("  Enter ends the message, or hangup: ", ("done", WAIT), options=options)
        return await super().record_message(
            mailbox, seconds_max=seconds_max, silence_s=silence_s, finish_keys=finish_keys
        )

    async def dial(self, target: DialTarget, *, ring_timeout_s: float) -> DialResult:
        self.require_caller()
        self.terminal.show(f"☎  ringing {target.extension or target.number}")
        outcome = self.outcome("  how does it end? [answered] ", _DIAL_ANSWERS)
        talk_s = TALK_S if outcome == "answered" else 0.0
        self.clock.advance(talk_s or (ring_timeout_s if outcome == "no_answer" else 0.0))
        return DialResult(outcome, talk_s)

    def outcome(
        self,
        question: str,
        answers: Sequence[str],
        *,
        options: Mapping[str, str] | None = None,
        waits: bool = False,
    ) -> str:
        """What `Terminal.one_of` gives; a hang-up raises CallerGoneError here and from now on."""
        try:
            return self.terminal.one_of(question, answers, options=options, waits=waits)
        except CallerGoneError:
            self.gone = True
            raise

    def line(self, question: str, options: Mapping[str, str]) -> str:
        """Whatever is typed."""
        try:
            return self.terminal.answer(question, options=options)
        except CallerGoneError:
            self.gone = True
            raise

    def _next_step(self) -> Step | None:
        """What the caller does; None: keeps silent for `silent_s`."""
        while True:
            try:
                line = self.terminal.answer("> ", options=_KEY_OPTIONS)
            except CallerGoneError:
                return HangUp()
            if line in ("", WAIT):
                return Wait()
            if not set(line) - set(KEYS):
                return Press(line)
            if line.split()[0] != WAIT:
                shown = "*" * len(line) if self.is_private() else line
                self.terminal.not_understood(shown, ("keys (0-9 * #)", "wait", "wait 10s"))
            elif self.keep_silent(line):
                return None


def _unsaid(audio: Audio) -> Audio:
    """Digits read back, but not which."""
    return (
        replace(audio, text="*") if isinstance(audio, Spoken) and audio.text in _DIGITS else audio
    )


def in_languages(audio: Iterable[Audio], default: str) -> str:
    """What is heard, with the language wherever it changes."""
    parts: list[str] = []
    before = ""
    for one in audio:
        language = one.language or default
        if language and language != before:
            parts.append(f"[{language}]")
        before = language
        parts.append(spoken_texts((one,)))
    return " ".join(parts)


@dataclass
class TerminalQueues:
    """Tells what was asked of the queue and asks what happens in line.

    A key for self-service leads through the flow's own nodes and back into the same line.
    """

    terminal: Terminal
    wait_s_max: Mapping[str, float] = field(default_factory=dict)
    """Queue -> its own longest wait."""
    _talked_in: str = ""
    """The queue whose agent talked to the caller last."""
    _away: str = ""
    """The queue in whose line a caller who is away still stands."""
    _joined_at: float = 0.0
    _told_until: float = 0.0
    """Up to when announcements were told, on the call's clock."""

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
        answer = self._in_line(call, request)
        if answer in request.away_keys:
            self._away = request.queue
            return Away(answer)
        if answer in request.exit_keys:
            return QueueResult(QueueOutcome.EXIT_KEY, answer)
        if _QUEUE_ANSWERS[answer] == QueueOutcome.ANSWERED:
            call.clock.advance(TALK_S)
            self._talked_in = request.queue
        return QueueResult(_QUEUE_ANSWERS[answer])

    def last_talk(self) -> LastTalk:
        return LastTalk(self._talked_in)

    async def called_back(self) -> None:
        await asyncio.get_running_loop().create_future()

    async def _enter(self, call: TerminalCall, request: QueueRequest) -> None:
        self._joined_at = self._told_until = call.clock.now()
        more = f", skills {request.skills}" if request.skills else ""
        self.terminal.show(f"🎵 queue {request.queue}, priority {request.priority:+d}{more}")
        if request.prompt:
            await call.play(request.prompt)
        for one in request.announcements:
            again = f", then every {one.every_s:g} s" if one.every_s else ""
            self.terminal.show(f"  after {one.after_s:g} s{again}: {_told(one)}")

    def _in_line(self, call: TerminalCall, request: QueueRequest) -> str:
        """How the wait ends: an outcome, or a key."""
        keys = (*request.exit_keys, *request.away_keys)
        choice = f" or key {' '.join(keys)}" if keys else ""
        answers = (*_QUEUE_ANSWERS, *keys)
        options = {
            **({" ".join(keys): "press that key in line"} if keys else {}),
            "wait 30s": "stay in line for that long; announcements are told when due",
            "wait": "stay until the longest wait is over",
            ", ".join(_QUEUE_ANSWERS): "how the wait ends; Enter: answered",
        }
        longest_s = request.wait_s_max or self.wait_s_max.get(request.queue, math.inf)
        while True:
            if call.silent_s > 0 and self._time_out(call, request, longest_s):
                return QueueOutcome.TIMEOUT
            question = f"  how does it end? [answered{choice}] "
            answer = call.outcome(question, answers, options=options, waits=True)
            if answer in answers:
                return answer
            if answer != WAIT:
                call.keep_silent(answer)
            elif longest_s < math.inf:
                call.silent_s = longest_s
            else:
                self.terminal.show("  nobody knows the longest wait here: wait 30s, for example")

    def _time_out(self, call: TerminalCall, request: QueueRequest, longest_s: float) -> bool:
        """Stays in line as long as the caller said, at most for the longest wait: is it over?"""
        call.pass_time(max(0.0, self._joined_at + longest_s - call.clock.now()))
        waited_s = call.clock.now() - self._joined_at
        due = _due(request, self._told_until - self._joined_at, waited_s)
        for at_s, told in due[:_ANNOUNCEMENTS_SHOWN_MAX]:
            self.terminal.show(f"  🔊 {at_s:g} s in line: {told}")
        if len(due) > _ANNOUNCEMENTS_SHOWN_MAX:
            self.terminal.show(f"  🔊 and {len(due) - _ANNOUNCEMENTS_SHOWN_MAX} more of these")
        self._told_until = call.clock.now()
        if waited_s < longest_s:
            return False
        call.silent_s = 0.0
        self.terminal.show(f"  the longest wait of {longest_s:g} s is over")
        return True


def _told(one: Announcement) -> str:
    return spoken_texts(one.audio) or f"the {one.tells}"


def _due(request: QueueRequest, after_s: float, until_s: float) -> list[tuple[float, str]]:
    """The announcements after the first moment, up to the second one, in their order."""
    due = []
    for one in request.announcements:
        at_s = one.after_s
        while at_s <= until_s:
            if at_s > after_s:
                due.append((at_s, _told(one)))
            at_s += one.every_s or math.inf
    return sorted(due)


@dataclass(frozen=True)
class TerminalLookups:
    """Shows what another system would be asked; somebody at the terminal answers in its place."""

    call: TerminalCall

    async def ask(self, request: LookupRequest) -> LookupAnswer:
        self.call.terminal.show(f"🌐 {self.call.mask(shown(request))}")
        while True:
            line = self.call.line(
                "  JSON, a status, or how it fails: [unreachable] ", _ANSWER_OPTIONS
            )
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
