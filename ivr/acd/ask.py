"""What one call asks of agents at this moment."""

from collections.abc import Container
from dataclasses import dataclass

from ivr.acd.requirement import Profile, Requirement
from ivr.model.ids import AgentId, QueueId


@dataclass(frozen=True, slots=True)
class Ask:
    """The question put to a strategy: who of the free agents may serve, and is not barred?"""

    requirement: Requirement
    queue: QueueId
    waited_s: float
    """Effective wait: priority counts as time waited."""
    barred: Container[AgentId] = frozenset()

    def accepts(self, profile: Profile) -> bool:
        """Whether agents of this profile may serve the call by now."""
        if not self.requirement.accepts(profile):
            return False
        return profile.delay_s(self.queue) <= max(0.0, self.waited_s)
