"""Taping: what is recorded of one call outside its conversations with agents, and with whose leave.

A call has one recording at a time. The flow asks for one by its `record` node; a conversation ends
it, is recorded as its queue says, and afterwards the flow's goes on in a new one.
"""

from ivr.model.recording import ConsentAnswer, RecordPolicy
from ivr.ports import Line
from ivr.service.desk import Desk
from ivr.service.privacy import SENSITIVE
from ivr.service.recordings import Recording


class Taping:
    """One call's. `wanted` and `answer` are what a former server left of it."""

    def __init__(
        self, desk: Desk, line: Line, *, wanted: bool = False, answer: ConsentAnswer = ""
    ) -> None:
        self._desk = desk
        self._line = line
        self.wanted = wanted
        """The flow asked for a recording."""
        self.answer = answer
        """What the caller said to being recorded."""
        self._open: Recording | None = None

    def allows(self, policy: RecordPolicy) -> bool:
        """Whether a conversation under this policy is recorded."""
        return policy == "always" or (policy == "with_consent" and self.answer == "given")

    # --- what nodes ask for

    async def start(self) -> None:
        self.wanted = True
        await self.go_on()

    async def stop(self) -> None:
        self.wanted = False
        await self.break_off()

    async def consent(self, answer: ConsentAnswer) -> None:
        self.answer = answer
        if answer == "refused":
            await self.break_off()

    async def pause(self) -> None:
        line = self._line
        if not await self._desk.privacy.begin(line.id, line.channel, SENSITIVE, line):
            self.over()

    async def resume(self) -> None:
        self._desk.privacy.end(self._line.id, SENSITIVE, "left")
        await self.go_on()

    # --- what the service does

    async def go_on(self) -> None:
        """Record if the flow wants it, the caller does not mind, and nothing is private."""
        desk, call = self._desk, self._line.id
        is_private = desk.privacy.has(call, SENSITIVE)
        if self.wanted and self.answer != "refused" and self._open is None and not is_private:
            self._open = await desk.recordings.start(self._line, "", "")

    async def break_off(self) -> None:
        """The recording ends here; one that the flow wants may begin again."""
        if self._open is None:
            return
        try:
            await self._line.stop_recording()
        finally:
            self.over()

    def over(self) -> None:
        """The call has ended, or the recording has: finish what there is."""
        recording, self._open = self._open, None
        if recording is None:
            return
        desk = self._desk
        seconds = desk.clock.now() - recording.started_at
        desk.tasks.start(desk.recordings.finish(recording, seconds), f"finish {recording.id}")
