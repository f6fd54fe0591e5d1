"""What must survive this server, kept with the call at every turn it takes in a queue."""

from collections.abc import Callable
from dataclasses import replace

from ivr.ports import Clock, Line, Memo
from ivr.service.places import Match, Place


class Remembering:
    """Writes the call's memo. `memo_now` describes the call's flow, node and variables."""

    def __init__(self, line: Line, clock: Clock, memo_now: Callable[[], Memo]) -> None:
        self._line = line
        self._clock = clock
        self._memo_now = memo_now

    async def waiting(self, place: Place) -> None:
        """The caller stands in line there, since then."""
        await self._line.remember(
            replace(
                self._memo_now(), state="waiting", queue=place.queue, entered_at=place.entered_at
            )
        )

    async def talking(self, match: Match) -> None:
        """The caller is about to be joined with this agent, on this leg."""
        await self._line.remember(
            replace(
                self._memo_now(),
                state="talking",
                queue=match.queue,
                agent=match.agent,
                leg=match.leg,
                talking_since=self._clock.now(),
            )
        )
