"""Who hung up in line before a restart may still call again, and have the old place."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from ivr.acd.messages import KeepPlace
from ivr.model.ids import QueueId
from ivr.ports import Clock
from ivr.service.dispatcher import Dispatcher


class Abandon(Protocol):
    """A caller who hung up in line, as the journal tells it."""

    @property
    def at(self) -> float: ...

    @property
    def queue(self) -> str: ...

    @property
    def caller(self) -> str: ...

    @property
    def entered_at(self) -> float: ...


async def keep_places(
    abandons_since: Callable[[float], Awaitable[Sequence[Abandon]]],
    dispatcher: Dispatcher,
    clock: Clock,
) -> None:
    """The core is told of each whose grace still runs."""
    grace_s = {name: queue.redial_grace_s for name, queue in dispatcher.site.queues.items()}
    since = clock.now() - max(grace_s.values(), default=0.0)
    for left in await abandons_since(since):
        until = left.at + grace_s.get(left.queue, 0.0)
        if until > clock.now():
            dispatcher.feed(KeepPlace(QueueId(left.queue), left.caller, left.entered_at, until))
