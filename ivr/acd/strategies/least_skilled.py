"""The agent who is just good enough, so that experts stay free."""

from ivr.acd.agents import AgentRecord
from ivr.acd.strategies.skilled import Skilled


class BySkills:
    """Those with the least other skills first."""

    name = "least_skilled"

    def value(self, agent: AgentRecord) -> float:
        return agent.group.total


class LeastSkilled(Skilled):
    """The lowest score that suffices; of several, the smallest total of all proficiencies, then
    the longest idle."""

    name = "least_skilled"
    best = "least"
    ranking = BySkills()
    sign = -1
