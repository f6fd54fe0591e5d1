"""What every strategy offers."""

from collections.abc import Container
from typing import Protocol

from ivr.acd.agents import AgentRecord, Agents
from ivr.acd.requirement import Requirement
from ivr.model.ids import AgentId


class Strategy(Protocol):
    """Chooses among free agents."""

    def choose(
        self, agents: Agents, requirement: Requirement, spared: Container[AgentId]
    ) -> AgentRecord | None:
        """The best free agent who meets the requirement and is not spared; None: nobody is."""

    def reason(self, agent: AgentRecord, now: float) -> str:
        """Why this agent was best, in a few words."""
