"""A caller's place in line, as the session waits on it."""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from ivr.model.agents import QueueOutcome
from ivr.model.site import Queue
from ivr.ports import QueueRequest
from ivr.service.promise import Promise


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


@dataclass(frozen=True)
class ExitKey:
    """Out of line by this key."""

    key: str


class Proxy(Protocol):
    """Stands in line for a customer who is not on the line, and has to be called.

    Told of every agent's leg, while the core is spoken to: it must not speak to the core itself.
    """

    def offered(self, leg: str) -> bool:
        """An agent is reserved; whether their phone is to ring now."""

    def picked_up(self, leg: str) -> bool:
        """The agent is ready to talk; whether there is anybody to talk to yet."""

    def withdrawn(self, leg: str) -> None:
        """Nothing came of it."""


@dataclass(eq=False)
class Place:
    """One entry in a queue. The dispatcher fills `found`, the session awaits it."""

    call: str
    queue: str
    entered_at: float
    caller: str
    priority: int
    """In points; another one when somebody orders so."""
    proxy: Proxy | None = None
    steps: int = 0
    """Relaxation steps taken, also those before a restart."""
    ordered: bool = False
    """Somebody has ordered this priority: it holds wherever the call stands in line again."""
    found: asyncio.Future[Match | NoMatch] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def settle(self, result: Match | NoMatch) -> None:
        """Tell the session; the session may have gone already, then nobody asks any more."""
        if not self.found.done():
            self.found.set_result(result)


@dataclass(eq=False)
class Stay:
    """One caller's stay in one queue, from joining it until it is over for good.

    It outlasts absences (the place is kept) and an agent lost in the instant of joining (the next
    place has the same time of entry).
    """

    request: QueueRequest
    queue: Queue
    entered_at: float
    """Original time of entry, perhaps into another queue."""
    joined_at: float
    """When the call came to this queue: limits and announcements count from here."""
    kept: str = ""
    """What the time of entry was kept across, as in QueueEntered."""
    has_place: bool = False
    """The caller stood in this very line already, and keeps the place however full it is."""
    wanted: str = ""
    """The agent to whom another one has sent this caller, and who was busy."""
    resumed: bool = False
    """A former server left the call in this line, and it does not stand there again yet."""
    place: Place | None = None
    """Set while the call stands in line."""
    greeted: bool = False
    """The queue's prompt was begun."""
    told_until: float = float("-inf")
    """What was due before this moment is not announced any more."""
    promise: Promise = field(default_factory=Promise)
