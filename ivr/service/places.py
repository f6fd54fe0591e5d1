"""A caller's place in line, as the session waits on it."""

import asyncio
from dataclasses import dataclass, field

from ivr.model.agents import QueueOutcome


@dataclass(frozen=True)
class Match:
    """An agent has answered; `leg` is their channel."""

    agent: str
    leg: str
    queue: str


@dataclass(frozen=True)
class NoMatch:
    """Out of line without an agent."""

    outcome: QueueOutcome


@dataclass(eq=False)
class Place:
    """One entry in a queue. The dispatcher fills `found`, the session awaits it."""

    call: str
    queue: str
    entered_at: float
    caller: str
    found: asyncio.Future[Match | NoMatch] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def settle(self, result: Match | NoMatch) -> None:
        """Tell the session; the session may have gone already, then nobody asks any more."""
        if not self.found.done():
            self.found.set_result(result)
