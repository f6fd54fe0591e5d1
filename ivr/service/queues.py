"""Waiting in line and talking to an agent: what the queue node asks for.

The caller hears announcements and music from entering until the very moment of joining, also while
a phone rings. A server that is stopped leaves everything as it is: the conversation goes on without
it, the place in line lies in the call's memo, and the next server takes both over.
"""

import asyncio
from collections.abc import Callable

from ivr.model.agents import QueueOutcome
from ivr.model.site import Queue
from ivr.ports import Away, Call, LastTalk, Line, Memo, QueueRequest, QueueResult
from ivr.service.callback_entry import Pending
from ivr.service.callback_history import Wish
from ivr.service.callbacks import Callbacks
from ivr.service.desk import Desk
from ivr.service.onward import Onward, sent_to
from ivr.service.places import ExitKey, Match, NoMatch, Stay
from ivr.service.promise import Promise
from ivr.service.remembering import Remembering
from ivr.service.talking import Talking
from ivr.service.taping import Taping
from ivr.service.waiting import Waiting, required

OVERFLOWED = (QueueOutcome.TIMEOUT, QueueOutcome.OVERFLOW)
"""Who leaves a queue like this is passed on, and has waited already."""


class LineQueues:
    """The Queues port of one call. `memo_now` describes the call's flow, node and variables.

    `resumed` is the memo of a call that a former server left in line: its first wait in that queue
    keeps the original time of entry; `back_in_line` is told once it stands there again.
    `reached` is the call-back this caller has just confirmed: they stand in that place.
    """

    def __init__(
        self,
        desk: Desk,
        line: Line,
        memo_now: Callable[[], Memo],
        resumed: Memo | None,
        back_in_line: Callable[[], None],
        callbacks: Callbacks | None = None,
        reached: Pending | None = None,
        taping: Taping | None = None,
    ) -> None:
        self._desk = desk
        self._line = line
        self._resumed = resumed
        self._memo_now = memo_now
        self._callbacks = callbacks
        self._reached = reached
        self.to_be_called = False
        """The visit goes on with a call-back: it is not over when the caller hangs up."""
        self._remembering = Remembering(line, desk.clock, memo_now)
        self._waiting = Waiting(desk, line, self._remembering, back_in_line)
        self._talking = Talking(desk, line, self._remembering, taping)
        self._onward = Onward(desk, line, self._talking, self._remembering, resumed)
        self._away: Stay | None = None
        """Where a caller who is away keeps a place."""
        self._passed_on: float | None = None
        """Time of entry of a caller whom the last queue had no room or no agent for."""

    async def serve(self, call: Call, request: QueueRequest) -> QueueResult | Away:
        if call.id != self._line.id:
            raise ValueError(f"{call.id} asks for the queues of {self._line.id}")
        stay = self._stay(request)
        if (ordered := self._onward.resumed()) is not None:
            if (onward := await self._onward.after(ordered[0], stay, ordered[1])) is None:
                return QueueResult(QueueOutcome.ANSWERED)
            stay = onward
        while True:
            match await self._waiting.wait(stay):
                case Away() as away:
                    self._away = stay  # first: whoever hangs up now gives the place up
                    await self._line.stop_music()
                    return away
                case ExitKey(key):
                    await self._line.stop_music()
                    return QueueResult(QueueOutcome.EXIT_KEY, key)
                case NoMatch(outcome):
                    await self._line.stop_music()
                    self._passed_on = stay.entered_at if outcome in OVERFLOWED else None
                    return QueueResult(outcome)
                case Match() as found:
                    parting = await self._talking.talk(found, stay)
                    if (onward := await self._onward.after(parting, stay)) is None:
                        return QueueResult(QueueOutcome.ANSWERED)
                    stay = onward

    async def called_back(self) -> None:
        if self._away is None or self._away.place is None:
            await asyncio.get_running_loop().create_future()
        else:
            await asyncio.wait((self._away.place.found,))

    async def remember(self) -> None:
        """The call has come to another node; whoever is away from a line still stands in it."""
        if self._away is None:
            await self._remembering.serving()
        else:
            await self._remembering.waiting(self._away)

    async def call_back(self, number: str) -> bool:
        stay, callbacks = self._away, self._callbacks
        if callbacks is None or stay is None or stay.place is None or stay.place.found.done():
            return False
        terms = self._desk.site.queues[stay.request.queue].callback
        now = self._desk.clock.now()
        if terms is None or callbacks.is_full(stay.request.queue):
            return False
        memo = self._memo_now()
        wish = Wish(
            call=self._line.id,
            queue=stay.request.queue,
            number=number,
            skills=required(stay),
            priority=stay.place.priority,
            entered_at=stay.entered_at,
            joined_at=stay.joined_at,
            expires_at=now + terms.expires_s,
            flow=memo.flow,
            node=memo.node,
            variables=memo.variables,
            frames=memo.frames,
            consent=memo.consent,
            dialled=self._line.dialled,
            started_at=memo.started_at,
        )
        self._away = None
        self.to_be_called = callbacks.take(wish, stay.place)
        await self._remembering.done()
        return True

    def last_talk(self) -> LastTalk:
        return self._desk.last_agents.talk_of(self._line.id)

    def close(self) -> None:
        """The visit is over: a caller who was away does not come back."""
        if self._away is not None:
            self._waiting.abandon(self._away)

    def _stay(self, request: QueueRequest) -> Stay:
        """The stay this request goes on with, or a new one."""
        away, self._away = self._away, None
        if away is not None and away.request.queue == request.queue:
            away.request, away.told_until = request, self._desk.clock.now()
            return away
        if away is not None:
            self._waiting.abandon(away)
        queue, now = self._desk.site.queues[request.queue], self._desk.clock.now()
        reached, self._reached = self._reached, None
        if reached is not None and reached.wish.queue == request.queue:
            return _reached(request, queue, reached, now)
        resumed, self._resumed = self._resumed, None
        if resumed is not None and resumed.queue == request.queue:
            return _resumed(request, queue, resumed, now)
        if resumed is not None and resumed.to and resumed.queue in self._desk.site.queues:
            moved = sent_to(request, resumed.queue)
            return _resumed(moved, self._desk.site.queues[resumed.queue], resumed, now)
        passed_on, self._passed_on = self._passed_on, None
        if passed_on is not None and request.keep_place:
            return Stay(request, queue, passed_on, now, kept="overflow")
        return Stay(request, queue, now, now)


def _resumed(request: QueueRequest, queue: Queue, memo: Memo, now: float) -> Stay:
    """The stay a former server knew of; nothing it told is told again."""
    promise = Promise(high_min=memo.promised_s / 60) if memo.promised_s else Promise()
    return Stay(
        request,
        queue,
        memo.entered_at,
        memo.joined_at or memo.entered_at,
        kept="transfer" if memo.to else "",
        wanted=memo.agent if memo.state == "waiting" else "",
        resumed=True,
        greeted=True,
        told_until=now,
        promise=promise,
    )


def _reached(request: QueueRequest, queue: Queue, one: Pending, now: float) -> Stay:
    """The stay in which a call-back stood for this customer until now."""
    return Stay(
        request,
        queue,
        one.wish.entered_at,
        one.wish.joined_at,
        place=one.place,
        greeted=True,
        told_until=now,
    )
