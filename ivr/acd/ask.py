"""What one call asks of agents at this moment."""

from collections.abc import Container
from typing import NamedTuple, Protocol

from ivr.acd.cover import Cover
from ivr.acd.requirement import Profile
from ivr.model.ids import AgentId, QueueId


class Asked(Protocol):
    """A requirement, or several together."""

    @property
    def cover(self) -> Cover | None:
        """Whoever may serve has one of these needs; None: anybody might."""

    @property
    def scored(self) -> tuple[str, ...]:
        """The skills named."""

    def accepts(self, profile: Profile) -> bool:
        """Whether agents of this profile may serve."""


class Ask(NamedTuple):
    """The question put to a strategy: who of the free agents may serve, and is not barred?"""

    requirement: Asked
    queue: QueueId
    share: int
    """What the call takes of an agent."""
    effective_start: float
    """Time of entry, earlier by what the call's priority is worth."""
    now: float
    barred: Container[AgentId] = frozenset()

    def accepts(self, profile: Profile) -> bool:
        """Whether agents of this profile may serve the call by now."""
        if not self.requirement.accepts(profile):
            return False
        return profile.is_due(self.queue, self.effective_start, self.now)
