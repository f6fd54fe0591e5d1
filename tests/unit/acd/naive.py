"""The same decisions by looking at everything: slow, and simple enough to be believed."""

from ivr.acd.agents import AgentRecord, Agents
from ivr.acd.ask import Ask
from ivr.acd.calls import CallRecord
from ivr.acd.engine import Engine
from ivr.acd.order import Key
from ivr.model.site import Site


class _Scan:
    """Longest idle, over all agents."""

    def choose(self, agents: Agents, ask: Ask) -> AgentRecord | None:
        fit = [
            agent
            for agent in agents
            if agent.offerable
            and ask.accepts(agent.group.profile)
            and agent.ident not in ask.barred
        ]
        return min(fit, key=lambda agent: (agent.idle_since, agent.number), default=None)

    def reason(self, agent: AgentRecord, now: float) -> str:
        return f"longest idle: {now - agent.idle_since:.1f} s"


class NaiveEngine(Engine):
    """Matches by repeated search for the first call in line whom any free agent may serve."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._strategy = _Scan()

    def _match(self, now: float) -> None:
        self._freed, self._returned = [], []
        while not self._held:
            pairs = [
                (call.key, call, agent)
                for call in self._calls
                if call.in_line and (agent := self._best_agent(call))
            ]
            if not pairs:
                return
            _, call, agent = min(pairs, key=_key)
            self._ring(call, agent, now)


def _key(pair: tuple[Key, CallRecord, AgentRecord]) -> Key:
    return pair[0]
