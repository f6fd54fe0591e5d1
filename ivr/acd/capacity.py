"""How much of an agent an interaction takes: a call everything, others what their channel says."""

from typing import NamedTuple

from ivr.model.ids import QueueId
from ivr.model.site import VOICE, Site

WHOLE = 2520
"""A whole agent, in units that every number of interactions from 1 to 10 divides."""


class Work(NamedTuple):
    """One interaction an agent has at hand."""

    queue: QueueId
    share: int
    """What it takes of the agent."""
    since: float
    until: float | None = None
    """Written up until then, beside others; None: still under way."""
    disposed: bool = False
    """The agent has said what became of it."""


def shares(site: Site) -> dict[str, int]:
    """What an interaction takes of an agent, by queue."""
    return {
        name: WHOLE if queue.channel == VOICE else WHOLE // site.channels[queue.channel]
        for name, queue in site.queues.items()
    }
