"""Waiting in line and talking to an agent: what the queue node asks for.

The caller hears music from entering until the very moment of joining, also while a phone rings.
A server that is stopped leaves everything as it is: the conversation goes on without it, the place
in line lies in the call's memo, and the next server takes both over.
"""

from collections.abc import Callable

from ivr.model.agents import QueueOutcome
from ivr.ports import Call, Line, Memo, QueueRequest, QueueResult
from ivr.service.desk import Desk
from ivr.service.places import Match, NoMatch
from ivr.service.remembering import Remembering
from ivr.service.talking import Talking
from ivr.service.waiting import Waiting


class LineQueues:
    """The Queues port of one call. `memo_now` describes the call's flow, node and variables.

    `resumed` is the memo of a call that a former server left in line: its first wait in that queue
    keeps the original time of entry; `back_in_line` is told once it stands there again.
    """

    def __init__(
        self,
        desk: Desk,
        line: Line,
        memo_now: Callable[[], Memo],
        resumed: Memo | None,
        back_in_line: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._line = line
        self._resumed = resumed
        remembering = Remembering(line, desk.clock, memo_now)
        self._waiting = Waiting(desk, line, remembering, back_in_line)
        self._talking = Talking(desk, line, remembering)

    async def serve(self, call: Call, request: QueueRequest) -> QueueResult:
        if call.id != self._line.id:
            raise ValueError(f"{call.id} asks for the queues of {self._line.id}")
        queue = self._desk.site.queues[request.queue]
        resumed, self._resumed = self._resumed, None
        if resumed is None or resumed.queue != request.queue:
            resumed = None
        entered_at = self._desk.clock.now() if resumed is None else resumed.entered_at
        while True:
            found = await self._waiting.stand_in_line(
                request, queue, entered_at, resumed is not None
            )
            match found:
                case str():
                    return QueueResult(QueueOutcome.EXIT_KEY, found)
                case NoMatch():
                    await self._line.stop_music()
                    return QueueResult(found.outcome)
                case Match() if await self._talking.talk(found, queue):
                    return QueueResult(QueueOutcome.ANSWERED)
            # The agent's phone went away in the very instant of joining: same place, next agent.
            resumed = None
