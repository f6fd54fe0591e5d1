"""Waiting in line: from entering a queue until an agent, a limit, a key or a hang-up ends it.

The caller hears announcements and music until the very moment of joining, also while a phone
rings; none of it is ever waited for.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from ivr.model import events
from ivr.model.agents import QueueOutcome
from ivr.model.errors import CallerGoneError
from ivr.ports import Away, Line
from ivr.service.announcing import Announcing
from ivr.service.desk import Desk
from ivr.service.places import ExitKey, Match, NoMatch, Place, Stay
from ivr.service.remembering import Remembering

End = Match | NoMatch | ExitKey | Away
"""What ended the wait; after Away the place is still kept."""


class Waiting:
    """One caller's waits. `back_in_line` is told once a resumed call stands in line again."""

    def __init__(
        self, desk: Desk, line: Line, remembering: Remembering, back_in_line: Callable[[], None]
    ) -> None:
        self._desk = desk
        self._line = line
        self._remembering = remembering
        self._back_in_line = back_in_line
        self._announcing = Announcing(desk, line, remembering)
        self._ordered: int | None = None
        """The call's priority, once somebody has ordered it."""

    async def wait(self, stay: Stay) -> End:
        """Stand in line, or go on standing there, until something ends the wait."""
        place = stay.place or self._enter(stay)
        try:
            await self._line.cut()  # who is called back may still be hearing or being asked
            if place.found.done():
                end: End = place.found.result()
            else:
                self._line.forget_keys()
                await self._remembering.waiting(stay)
                end = await self._first_of(stay, place)
        except Exception:  # hung up, or failed: either way nobody stands in this place any more
            self.abandon(stay)
            raise
        if place.ordered:
            self._ordered = place.priority
        if not isinstance(end, Away):
            stay.place = None
        if isinstance(end, Match):
            self._settle_estimate(stay)
        return end

    def abandon(self, stay: Stay) -> None:
        """The caller hung up, perhaps in the instant in which an agent answered."""
        place, stay.place = stay.place, None
        if place is None:
            return
        if place.found.done() and isinstance(match := place.found.result(), Match):
            self._desk.dispatcher.conversation_over(place.call, wrap_up=False)
            self._desk.tasks.start(self._desk.dispatcher.drop_leg(match.leg), f"drop {match.leg}")
        else:
            # Who was called back and hangs up has waited enough to be nobody's abandoned caller.
            outcome = QueueOutcome.CALLBACK if place.proxy else QueueOutcome.ABANDONED
            self._desk.dispatcher.leave(place, outcome)

    def _enter(self, stay: Stay) -> Place:
        request, queue = stay.request, stay.queue
        resumed, stay.resumed = stay.resumed, False
        wanted, patience_s = self._wanted(stay)
        if not stay.kept and not resumed:
            self._take_up_kept_place(stay)
        stay.place = self._desk.dispatcher.enter(
            self._line.id,
            request.queue,
            required(stay),
            self._priority(stay),
            entered_at=stay.entered_at,
            joined_at=stay.joined_at,
            wait_s_max=queue.wait_s_max if request.wait_s_max is None else request.wait_s_max,
            caller=self._line.caller,
            leave_if_empty=request.leave_if_empty and not resumed,
            resumed=resumed,
            has_place=stay.has_place,
            kept=stay.kept,
            wanted=wanted,
            wanted_until=stay.joined_at + patience_s,
            chosen=bool(stay.wanted),
        )
        if resumed:
            self._back_in_line()
        return stay.place

    def _priority(self, stay: Stay) -> int:
        """In points: the queue's and the call's, unless somebody has ordered another."""
        own = stay.queue.priority + stay.request.priority
        return own if self._ordered is None else self._ordered

    def _wanted(self, stay: Stay) -> tuple[str, float]:
        """The agent this call waits for alone at first, and for how long."""
        if stay.wanted:
            return stay.wanted, stay.queue.transfer_patience_s
        if stay.request.wanted_last:
            return self._desk.last_agents.of(self._line.caller), stay.request.patience_s
        return stay.request.wanted, stay.request.patience_s

    def _take_up_kept_place(self, stay: Stay) -> None:
        """Who hung up in this line a moment ago stands where they stood.

        Relaxation and limits count anew: this is another call, whose caller has waited, not it.
        """
        entered_at = self._desk.dispatcher.engine.kept_place(
            stay.request.queue, self._line.caller, self._desk.clock.now()
        )
        if entered_at is not None and entered_at < stay.entered_at:
            stay.entered_at, stay.kept, stay.has_place = entered_at, "redial", True

    async def _first_of(self, stay: Stay, place: Place) -> End:
        """Entertain the caller until the first of: found or limit, key, hang-up."""
        gone = asyncio.create_task(self._line.wait_gone(), name=f"gone {place.call}")
        key = asyncio.create_task(self._key(stay), name=f"key {place.call}")
        heard = asyncio.create_task(self._announcing.run(stay), name=f"announcing {place.call}")
        try:
            ends: set[asyncio.Future[Any]] = {place.found, gone, key, heard}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (gone, key, heard):
                task.cancel()
            await asyncio.wait({gone, key, heard})
        error = None if heard.cancelled() else heard.exception()
        if not gone.cancelled():
            raise CallerGoneError
        if error is not None:
            raise error
        await self._line.cut()
        if place.found.done():
            return place.found.result()
        return self._leave_by(key.result(), stay, place)

    def _leave_by(self, key: str, stay: Stay, place: Place) -> ExitKey | Away:
        if key in stay.request.away_keys:
            return Away(key)
        self._desk.dispatcher.leave(place, QueueOutcome.EXIT_KEY)
        return ExitKey(key)

    async def _key(self, stay: Stay) -> str:
        """The next key that means something in this line."""
        keys = stay.request.exit_keys + stay.request.away_keys
        while (key := await self._line.next_key()) not in keys:
            pass
        return key

    def _settle_estimate(self, stay: Stay) -> None:
        now = self._desk.clock.now()
        if stay.promise.open:
            self._desk.recorder.record(
                events.EstimateSettled(
                    at=now,
                    call=self._line.id,
                    queue=stay.request.queue,
                    announced_s=stay.promise.first_s,
                    waited_s=now - stay.promise.first_at,
                )
            )
            stay.promise.settle()


def required(stay: Stay) -> str:
    """The skills asked for: the queue's own, and what the call asks for beside."""
    return _both(stay.queue.skills, stay.request.skills)


def _both(first: str, second: str) -> str:
    if first and second:
        return f"({first}) and ({second})"
    return first or second
