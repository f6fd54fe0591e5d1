"""The agent who has had the least to do today."""

from ivr.acd.agents import AgentRecord
from ivr.acd.ask import Asked
from ivr.acd.strategies.base import Ranked, idle


class LeastOccupied(Ranked):
    """By the share of today's logged-in time spent rung, talking or writing up, as it was when the
    agent became free: whoever is free has no work meanwhile, so the order hardly changes."""

    name = "least_occupied"
    best = "least"

    def value(self, agent: AgentRecord) -> float:
        return agent.occupancy()

    def compared(self, agent: AgentRecord, _requirement: Asked, now: float) -> str:
        return f"occupied today {agent.occupancy():.0%}, {idle(agent, now)}"
