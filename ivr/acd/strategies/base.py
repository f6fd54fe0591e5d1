"""What every strategy offers."""

from typing import Protocol

from ivr.acd.agents import AgentRecord, Agents
from ivr.acd.ask import Ask


class Strategy(Protocol):
    """Chooses among free agents."""

    def choose(self, agents: Agents, ask: Ask) -> AgentRecord | None:
        """The best free agent who may serve and is not barred; None: nobody."""

    def reason(self, agent: AgentRecord, now: float) -> str:
        """Why this agent was best, in a few words."""
