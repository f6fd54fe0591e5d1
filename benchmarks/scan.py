"""The routing core without its indexes: every match looks at every call and every agent.

It stands for the straightforward program: a list of callers in order, and for each a list of
agents to go through, the longest idle of those who may serve.
"""

from ivr.acd.agents import AgentRecord, Agents
from ivr.acd.ask import Ask
from ivr.acd.engine import Engine
from ivr.acd.strategies.longest_idle import LongestIdle
from ivr.model.site import Site


class Scan(LongestIdle):
    """Looks at everybody."""

    def choose(self, agents: Agents, ask: Ask) -> AgentRecord | None:
        fit = [
            agent
            for agent in agents
            if agent.room and ask.accepts(agent.group.profile) and agent.ident not in ask.barred
        ]
        return min(fit, key=lambda agent: (agent.idle_since, agent.number), default=None)


class ScanEngine(Engine):
    """Goes through the line from its head, and through all agents for each caller in it."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._strategies = dict.fromkeys(self._strategies, Scan())

    def _match(self, now: float) -> None:
        self._freed, self._returned = [], []
        for call in sorted(self._calls, key=lambda call: call.key):
            choice = self._choose(call, now) if call.in_line else None
            if choice is not None:
                self._serve(call, choice, now)
