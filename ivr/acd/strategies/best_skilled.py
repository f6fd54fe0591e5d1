"""The agent who is best at what the call asks for; of several, the longest idle."""

from ivr.acd.agents import AgentRecord
from ivr.acd.strategies.longest_idle import LongestIdle
from ivr.acd.strategies.skilled import Skilled


class BestSkilled(Skilled):
    """The highest score."""

    name = "best_skilled"
    ranking = LongestIdle()
    sign = 1

    def reason(self, agent: AgentRecord, now: float) -> str:
        return f"best skilled, idle {now - agent.idle_since:.1f} s"
