"""What must survive this server, kept with the call at every turn it takes in a queue."""

from collections.abc import Callable
from dataclasses import replace
from math import isfinite

from ivr.ports import Clock, Line, Memo
from ivr.service.conversations import Conversation
from ivr.service.handovers import Handover, ToConsulted
from ivr.service.places import Match, Stay


class Remembering:
    """Writes the call's memo. `memo_now` describes the call's flow, node and variables."""

    def __init__(self, line: Line, clock: Clock, memo_now: Callable[[], Memo]) -> None:
        self._line = line
        self._clock = clock
        self._memo_now = memo_now

    async def serving(self) -> None:
        """The caller is in the flow."""
        await self._line.remember(self._memo_now())

    async def waiting(self, stay: Stay) -> None:
        """The caller stands in line there, since then."""
        promised_s = stay.promise.high_min * 60
        await self._line.remember(
            replace(
                self._memo_now(),
                state="waiting",
                queue=stay.request.queue,
                entered_at=stay.entered_at,
                joined_at=stay.joined_at,
                promised_s=promised_s if isfinite(promised_s) else 0.0,
                agent=stay.wanted,
                to=stay.request.queue if stay.kept == "transfer" else "",
            )
        )

    async def done(self) -> None:
        """Nobody has to take this over: what is still to come of the call lies elsewhere."""
        await self._line.remember(replace(self._memo_now(), state="done"))

    async def handed_on(self, handover: Handover, stay: Stay, since: float) -> None:
        """The caller is on the way to somebody; if nobody is there, back to this stay."""
        await self._line.remember(
            replace(
                self._memo_now(),
                state="transferring",
                queue=stay.request.queue,
                entered_at=stay.entered_at,
                joined_at=since,
                agent=handover.agent,
                to=handover.dialled,
            )
        )

    async def together(self, first: Conversation, there: ToConsulted, entered_at: float) -> None:
        """The caller is about to be joined with this agent and whom they consulted."""
        await self._line.remember(
            replace(
                self._memo_now(),
                state="talking",
                queue=first.queue,
                agent=first.agent,
                leg=first.leg,
                second_agent=there.agent,
                second_leg=there.leg,
                entered_at=entered_at,
                talking_since=first.started_at,
            )
        )

    async def talking_elsewhere(self) -> None:
        """Somebody who is no agent has the caller; after that the flow goes on."""
        await self._line.remember(replace(self._memo_now(), state="talking"))

    async def talking(self, match: Match, entered_at: float) -> None:
        """The caller is about to be joined with this agent, on this leg."""
        await self._line.remember(
            replace(
                self._memo_now(),
                state="talking",
                queue=match.queue,
                agent=match.agent,
                leg=match.leg,
                entered_at=entered_at,
                talking_since=self._clock.now(),
            )
        )
