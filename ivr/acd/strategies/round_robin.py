"""One after the other."""

from ivr.acd.agents import AgentRecord
from ivr.acd.strategies.base import Ranked


class RoundRobin(Ranked):
    """Whoever was offered something the longest ago, answered or not, whatever the queue."""

    name = "round_robin"

    def value(self, agent: AgentRecord) -> float:
        return agent.serial

    def reason(self, agent: AgentRecord, now: float) -> str:
        return f"next in turn, idle {now - agent.idle_since:.1f} s"
