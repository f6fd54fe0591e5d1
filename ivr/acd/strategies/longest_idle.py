"""The agent who has been free for the longest time, whatever the queue."""

from ivr.acd.agents import AgentRecord
from ivr.acd.strategies.base import Ranked


class LongestIdle(Ranked):
    """Idle since the last conversation's end or since becoming available, whichever is later."""

    name = "longest_idle"

    def value(self, agent: AgentRecord) -> float:
        return agent.idle_since

    def reason(self, agent: AgentRecord, now: float) -> str:
        return f"longest idle: {now - agent.idle_since:.1f} s"
