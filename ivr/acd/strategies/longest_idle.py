"""The agent who has been free for the longest time, whatever the queue."""

from ivr.acd.agents import AgentRecord
from ivr.acd.ask import Asked
from ivr.acd.strategies.base import Ranked, idle


class LongestIdle(Ranked):
    """Idle since the last conversation's end or since becoming available, whichever is later."""

    name = "longest_idle"
    best = "longest"

    def value(self, agent: AgentRecord) -> float:
        return agent.idle_since

    def compared(self, agent: AgentRecord, _requirement: Asked, now: float) -> str:
        return idle(agent, now)
