"""One after the other."""

from ivr.acd.agents import AgentRecord
from ivr.acd.ask import Asked
from ivr.acd.strategies.base import Ranked, idle


class RoundRobin(Ranked):
    """Whoever was offered something the longest ago, answered or not, whatever the queue."""

    name = "round_robin"
    best = "next in turn,"

    def value(self, agent: AgentRecord) -> float:
        return agent.serial

    def compared(self, agent: AgentRecord, _requirement: Asked, now: float) -> str:
        return f"{_last(agent)}, {idle(agent, now)}"


def _last(agent: AgentRecord) -> str:
    return f"last rung as no. {agent.serial} of all" if agent.serial else "not rung yet"
