"""Waiting in line: from entering a queue until an agent, a limit, a key or a hang-up ends it.

The caller hears music until the very moment of joining, also while a phone rings.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from ivr.model.agents import QueueOutcome
from ivr.model.errors import CallerGoneError
from ivr.model.site import Queue
from ivr.ports import Line, QueueRequest
from ivr.service.desk import Desk
from ivr.service.places import Match, NoMatch, Place
from ivr.service.remembering import Remembering


class Waiting:
    """One caller's waits. `back_in_line` is told once a resumed call stands in line again."""

    def __init__(
        self, desk: Desk, line: Line, remembering: Remembering, back_in_line: Callable[[], None]
    ) -> None:
        self._desk = desk
        self._line = line
        self._remembering = remembering
        self._back_in_line = back_in_line

    async def stand_in_line(
        self, request: QueueRequest, queue: Queue, entered_at: float, resumed: bool
    ) -> Match | NoMatch | str:
        """What ended the wait: an agent, the queue's own limits, or the exit key pressed."""
        wait_s_max = queue.wait_s_max if request.wait_s_max is None else request.wait_s_max
        place = self._desk.dispatcher.enter(
            self._line.id,
            request.queue,
            _both(queue.skills, request.skills),
            queue.priority + request.priority,
            entered_at=entered_at,
            wait_s_max=wait_s_max,
            caller=self._line.caller,
            leave_if_empty=request.leave_if_empty,
            resumed=resumed,
        )
        try:
            if resumed:
                self._back_in_line()
            await self._remembering.waiting(place)
            await self._line.start_music(queue.music)
            return await self._found(place, request.exit_keys)
        except Exception:  # hung up, or failed: either way nobody stands in this place any more
            self._abandon(place)
            raise

    def _abandon(self, place: Place) -> None:
        """The caller hung up, perhaps in the instant in which an agent answered."""
        if place.found.done() and isinstance(match := place.found.result(), Match):
            self._desk.dispatcher.conversation_over(place.call, wrap_up=False)
            self._desk.tasks.start(self._desk.dispatcher.drop_leg(match.leg), f"drop {match.leg}")
        else:
            self._desk.dispatcher.leave(place, QueueOutcome.ABANDONED)

    async def _found(self, place: Place, exit_keys: str) -> Match | NoMatch | str:
        gone = asyncio.create_task(self._line.wait_gone(), name=f"gone {place.call}")
        key = asyncio.create_task(self._exit_key(exit_keys), name=f"key {place.call}")
        try:
            ends: set[asyncio.Future[Any]] = {place.found, gone, key}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise CallerGoneError
            if place.found.done():
                return place.found.result()
            self._desk.dispatcher.leave(place, QueueOutcome.EXIT_KEY)
            await self._line.stop_music()
            return key.result()
        finally:
            gone.cancel()
            key.cancel()

    async def _exit_key(self, exit_keys: str) -> str:
        while True:
            key = await self._line.next_key()
            if key in exit_keys:
                return key


def _both(first: str, second: str) -> str:
    if first and second:
        return f"({first}) and ({second})"
    return first or second
