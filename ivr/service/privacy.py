"""Privacy: calls of which for a while nothing is recorded, and to which nobody listens.

A recording holds exact silence meanwhile, in both directions. It fails closed: `begin` returns only
when that is so, and a recording that cannot be muted is stopped.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from ivr.model import events
from ivr.model.errors import TelephonyError
from ivr.ports import Clock, Line, Recorder, RecordingControl
from ivr.service.recordings import Recordings
from ivr.service.tasks import Tasks

SENSITIVE, AGENT = "sensitive", "agent"
"""Why: a sensitive node runs; an agent has asked for it."""

FADE_S = 0.25
"""What was said lies in buffers for a moment: so much longer the recording stays mute."""

PRESS_AGAIN_S = 0.1
PRESSES_MAX = 20
HANGUP_S = 2.0

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class _Private:
    """One call's privacy; over when it has no reason left and the buffers have run empty."""

    channel: str
    reasons: set[str] = field(default_factory=set)
    recording: str = ""
    """The one that is mute; empty: none is."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    beginning: asyncio.Lock = field(default_factory=asyncio.Lock)


class Privacy:
    """Keeps what all calls have of it, and who listens to whom."""

    def __init__(
        self,
        recordings: Recordings,
        control: RecordingControl,
        recorder: Recorder,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._recordings = recordings
        self._control = control
        self._recorder = recorder
        self._clock = clock
        self._tasks = tasks
        self._private: dict[str, _Private] = {}
        """By call."""
        self._listening: dict[str, dict[str, asyncio.Event]] = {}
        """Call -> supervisor's channel -> set when listening has ended."""

    def is_on(self, call: str) -> bool:
        return call in self._private

    def has(self, call: str, reason: str) -> bool:
        """Whether this is among the reasons."""
        return call in self._private and reason in self._private[call].reasons

    async def begin(self, call: str, channel: str, reason: str, line: Line | None = None) -> bool:
        """Private from now on; TelephonyError when that cannot be had.

        False when a recording had to be stopped for it. `line` is the caller's, if it takes
        orders: then it can be stopped also without the link to Asterisk.
        """
        private = self._private.setdefault(call, _Private(channel))
        async with private.beginning:
            is_mute = bool(private.reasons)
            private.reasons.add(reason)
            if is_mute:
                return True
            try:
                await self._end_listening(call)
                kept = await self._mute(call, private, line)
            except BaseException:
                self.forget(call)
                raise
        if private.recording:
            self._recorder.record(
                events.RecordingPaused(
                    at=self._clock.now(), call=call, recording=private.recording, reason=reason
                )
            )
        return kept

    def end(self, call: str, reason: str, why: str) -> None:
        """This reason is none any more. With the last one all is as before, in a moment."""
        private = self._private.get(call)
        if private is None or reason not in private.reasons:
            return
        private.reasons.discard(reason)
        if private.reasons:
            return
        if private.recording:
            self._recorder.record(
                events.RecordingResumed(
                    at=self._clock.now(), call=call, recording=private.recording, reason=why
                )
            )
        self._tasks.start(self._fade(call, private), f"fade {call}")

    def end_later(self, call: str, reason: str, limit_s: float) -> None:
        """At the latest after this time."""
        private = self._private[call]

        async def at_the_limit() -> None:
            await asyncio.wait({over}, timeout=max(0.0, limit_s))
            over.cancel()
            if self._private.get(call) is private:
                self.end(call, reason, "limit")

        over = asyncio.ensure_future(private.over.wait())
        self._tasks.start(at_the_limit(), f"limit of {call}'s privacy")

    def take_over(self, call: str, channel: str, recording: str, reason: str) -> None:
        """A former server had begun this; Asterisk has kept the recording mute."""
        self._private[call] = _Private(channel, {reason}, recording)

    def forget(self, call: str) -> None:
        """The talk, or the call, is over, and with it what was recorded of it."""
        private = self._private.pop(call, None)
        if private is not None:
            private.reasons.clear()
            private.over.set()

    async def wait_over(self, call: str) -> None:
        """Returns when the call is private no more."""
        private = self._private.get(call)
        if private is not None:
            await private.over.wait()

    async def listen(self, line: Line, call: str, leg: str) -> None:
        """As the line's `listen`, until it ends or the call becomes private."""
        ended = asyncio.Event()
        listeners = self._listening.setdefault(call, {})
        listeners[line.channel] = ended
        try:
            await line.listen(leg)
        finally:
            ended.set()
            listeners.pop(line.channel, None)
            if not listeners:
                self._listening.pop(call, None)

    # --- how

    async def _fade(self, call: str, private: _Private) -> None:
        await asyncio.sleep(FADE_S)
        if private.reasons or self._private.get(call) is not private:
            return
        if private.recording:
            try:
                await self._control.mute_recording(private.channel, on=False)
            except TelephonyError as error:  # mute for good is the lesser harm
                log.warning("recording stays mute", call=call, error=str(error))
        if not private.reasons and self._private.get(call) is private:
            self.forget(call)

    async def _mute(self, call: str, private: _Private, line: Line | None) -> bool:
        """Whether what was being recorded still is."""
        recording = self._recordings.open_of(call)
        private.recording = ""
        if recording is None:
            return True
        try:
            await self._control.mute_recording(private.channel, on=True)
        except TelephonyError as error:
            log.error("recording cannot be muted: stopped", call=call, error=str(error))  # noqa: TRY400
            if line is not None:
                await line.stop_recording()
            else:
                await self._control.stop_recording(private.channel)
            return False
        private.recording = recording.id
        return True

    async def _end_listening(self, call: str) -> None:
        for channel, ended in list(self._listening.get(call, {}).items()):
            for _ in range(PRESSES_MAX):
                await self._control.end_listening(channel)
                if await _within(ended, PRESS_AGAIN_S):
                    break
            else:
                await self._control.hang_up(channel)
                if not await _within(ended, HANGUP_S):
                    raise TelephonyError(f"{channel} goes on listening to {call}")


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
