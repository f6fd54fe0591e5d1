"""The same decisions by looking at everything: slow, and simple enough to be believed."""

from collections.abc import Callable, Iterable

from ivr.acd.agents import AgentRecord, Agents
from ivr.acd.ask import Ask
from ivr.acd.calls import CallRecord
from ivr.acd.engine import Engine
from ivr.acd.order import Key
from ivr.acd.strategies import Strategy
from ivr.model.site import Site, StrategyName


def _skills(agent: AgentRecord, names: Iterable[str]) -> int:
    known = agent.group.profile.skills
    return sum(known.get(name, 0) for name in names if not name.startswith("team_"))


KEYS: dict[StrategyName, Callable[[AgentRecord, Ask], Key]] = {
    "longest_idle": lambda _agent, _ask: (),
    "round_robin": lambda agent, _ask: (agent.serial,),
    "least_occupied": lambda agent, _ask: (
        agent.occupied_s / agent.counted_s if agent.counted_s else 0.0,
    ),
    "weighted_random": lambda agent, _ask: (agent.places or {})["weighted_random"][:1],
    "best_skilled": lambda agent, ask: (-_skills(agent, ask.requirement.expression.names),),
    "least_skilled": lambda agent, ask: (
        _skills(agent, ask.requirement.expression.names),
        _skills(agent, agent.group.profile.skills),
    ),
}
"""What each strategy compares; then come idleness and the place in the site file."""


class Scan:
    """The lowest key, over all agents."""

    def __init__(self, name: StrategyName, strategy: Strategy) -> None:
        self._key = KEYS[name]
        self.ranking = strategy.ranking
        self.reason = strategy.reason
        self.chosen = strategy.chosen

    def choose(self, agents: Agents, ask: Ask) -> AgentRecord | None:
        fit = [
            agent
            for agent in agents
            if agent.offerable
            and ask.accepts(agent.group.profile)
            and agent.ident not in ask.barred
        ]
        return min(fit, key=lambda one: self.key(one, ask), default=None)

    def key(self, agent: AgentRecord, ask: Ask) -> Key:
        return (*self._key(agent, ask), agent.idle_since, agent.number)


class NaiveEngine(Engine):
    """Matches by repeated search for the first call in line whom any free agent may serve."""

    def __init__(self, site: Site, *, seed: int = 0) -> None:
        super().__init__(site, seed=seed)
        self._strategies = {name: Scan(name, one) for name, one in self._strategies.items()}

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
