"""One's own phone, which rings because its owner has clicked, until it is picked up or will not be.

Each has a timer of its own: what telephony never tells the end of is over all the same, and soon.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar, Generic, TypeVar

import structlog

from ivr.model.errors import IvrError, TelephonyError
from ivr.service.tasks import Tasks

log = structlog.get_logger(__name__)

RING_S = 30.0
MARGIN_S = 5.0
"""So much later at the latest, ringing is over whatever telephony says."""

Wish = TypeVar("Wish")


class RingRefusedError(IvrError):
    """Nobody is rung; `reason` is one of `reasons`."""

    reasons: ClassVar[Mapping[str, str]]
    """In words."""

    def __init__(self, reason: str) -> None:
        super().__init__(self.reasons[reason])
        self.reason = reason


class RungPhones(Generic[Wish]):
    """What each is rung for, by its channel."""

    def __init__(self, tasks: Tasks, not_taken: Callable[[Wish], None]) -> None:
        """`not_taken`: the phone rings no more, and nobody has picked it up."""
        self._tasks = tasks
        self._not_taken = not_taken
        self._wishes: dict[str, Wish] = {}

    @property
    def wishes(self) -> Mapping[str, Wish]:
        """Of those that ring now, by channel."""
        return self._wishes

    async def ring(self, channel: str, wish: Wish, order: Awaitable[None]) -> None:
        """`order` begins it. TelephonyError when it cannot be ordered: then it is not taken."""
        self._wishes[channel] = wish
        self._tasks.start(self._time_out(channel), f"ringing of {channel}")
        try:
            await order
        except TelephonyError:
            self.gone(channel)
            raise

    def picked_up(self, channel: str) -> Wish | None:
        """What for; None: nobody is rung on this channel."""
        return self._wishes.pop(channel, None)

    def gone(self, channel: str) -> None:
        """Of a channel nobody is rung on, nothing happens."""
        if channel in self._wishes:
            self._not_taken(self._wishes.pop(channel))

    async def _time_out(self, channel: str) -> None:
        await asyncio.sleep(RING_S + MARGIN_S)
        if channel in self._wishes:
            log.warning("no word of a phone", channel=channel)
            self.gone(channel)
