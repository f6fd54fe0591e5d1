"""The same decisions by looking at everything: slow, and simple enough to be believed."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import compress, product

from ivr.acd.agents import AgentRecord, Agents
from ivr.acd.ask import Ask
from ivr.acd.calls import CallRecord
from ivr.acd.engine import Engine
from ivr.acd.matching import Choice
from ivr.acd.messages import Reconfigure
from ivr.acd.order import Key
from ivr.acd.requirement import Requirement
from ivr.acd.strategies import Strategy
from ivr.model.agents import AgentState
from ivr.model.ids import QueueId
from ivr.model.site import Callback, QueueTerms, Site, StrategyName


def _skills(agent: AgentRecord, names: Iterable[str]) -> int:
    known = agent.group.profile.skills
    return sum(known.get(name, 0) for name in names if not name.startswith("team_"))


KEYS: dict[StrategyName, Callable[[AgentRecord, Ask], Key]] = {
    "longest_idle": lambda agent, _ask: (agent.taken,),
    "round_robin": lambda agent, _ask: (agent.taken, agent.serial),
    "least_occupied": lambda agent, _ask: (
        agent.taken,
        agent.occupied_s / agent.counted_s if agent.counted_s else 0.0,
    ),
    "weighted_random": lambda agent, _ask: (agent.taken, agent.places["weighted_random"][1]),
    "best_skilled": lambda agent, ask: (
        -_skills(agent, ask.requirement.scored),
        agent.taken,
    ),
    "least_skilled": lambda agent, ask: (
        _skills(agent, ask.requirement.scored),
        agent.taken,
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
            if agent.room >= ask.share
            and ask.accepts(agent.group.profile)
            and agent.ident not in ask.barred
        ]
        return min(fit, key=lambda one: self.key(one, ask), default=None)

    def key(self, agent: AgentRecord, ask: Ask) -> Key:
        return (*self._key(agent, ask), agent.idle_since, agent.number)


class NaiveEngine(Engine):
    """Matches by repeated search for the first call in line whom any free agent may serve, and
    remembers nothing that it could work out."""

    def __init__(self, site: Site, *, offer_prefix: str = "o", seed: int = 0) -> None:
        super().__init__(site, offer_prefix=offer_prefix, seed=seed)
        self._tries = lru_cache(maxsize=0)(self._make_tries)
        self._timeline = lru_cache(maxsize=0)(self._make_timeline)
        self._scan()

    def _scan(self) -> None:
        self._strategies = {name: Scan(name, one) for name, one in self._strategies.items()}

    def _make_tries(self, queue: QueueId, requirement: Requirement) -> tuple[Requirement, ...]:
        """Each an expression of its own."""
        wishes = self._queues[queue].prefer
        return tuple(
            self._requirements.get(" and ".join(f"({text})" for text in texts if text))
            for way in product((True, False), repeat=len(wishes))
            for texts in [(requirement.text, *compress(wishes, way))]
        )

    def _on_reconfigure(self, message: Reconfigure, now: float) -> None:
        super()._on_reconfigure(message, now)
        self._scan()

    def _join(
        self, freed: list[AgentRecord], returned: list[CallRecord], now: float
    ) -> list[CallRecord]:
        joined = []
        while pairs := [
            (call.key, call, choice)
            for call in self._calls
            if self._is_open(call) and (choice := self._choose(call, now))
        ]:
            _, call, choice = min(pairs, key=lambda pair: pair[0])
            joined.append(self._serve(call, choice, now))
        return joined

    def _serve(self, call: CallRecord, choice: Choice, now: float) -> CallRecord:
        """The agent takes what is first by their own reckoning."""
        agent = choice.agent
        mine = [one for one in self._calls if self._is_open(one) and self._may(agent, one, now)]
        first = min(mine, key=lambda one: self._own_key(agent, one))
        why = choice.why if first is call else "the queue comes first for this agent"
        self._calls.take_out(first)
        self._offer_to(first, agent, why, now)
        return first

    def _is_open(self, call: CallRecord) -> bool:
        """Counts the call-backs under way one by one."""
        rung = {one.ident for one in self._calls if one.callback and one.offers}
        active = [
            ident
            for ident, queue in self._callbacks._queue_of.items()
            if queue == call.queue and (ident in rung or ident in self._talks)
        ]
        terms = self._queues[call.queue].callback or Callback()
        return call.in_line and not (call.callback and len(active) >= terms.active_max)

    def _may(self, agent: AgentRecord, call: CallRecord, now: float) -> bool:
        fits = self._shares[call.queue] <= agent.room
        return fits and self._could(agent, call, now) and not self._is_kept(agent, call, now)

    def _is_kept(self, agent: AgentRecord, call: CallRecord, now: float) -> bool:
        return any(
            self._shares[one.queue] > agent.room
            and self._is_open(one)
            and self._own_key(agent, one) < self._own_key(agent, call)
            and self._could(agent, one, now)
            for one in self._calls
        )

    def _could(self, agent: AgentRecord, call: CallRecord, now: float) -> bool:
        """With enough room."""
        if call.wanted is not None:
            return call.wanted == agent.ident
        profile = agent.group.profile
        delay_s = self._terms(agent, call).delay_s
        due = delay_s == 0 or call.key[0] + delay_s <= now
        return due and call.requirement.met_by(profile.skills)

    def _own_key(self, agent: AgentRecord, call: CallRecord) -> Key:
        return call.key[0] - 60.0 * self._terms(agent, call).priority, call.key[1]

    def _terms(self, agent: AgentRecord, call: CallRecord) -> QueueTerms:
        return agent.group.profile.terms.get(call.queue, QueueTerms())

    def _relax_after_logs(self, now: float) -> None:
        """Looks at every call, whatever has happened."""
        for call in list(self._calls):
            if call.step + 1 < len(call.stages) and self._skips(call):
                self._relax(call, now)

    def _skips(self, call: CallRecord) -> bool:
        later = call.stages[call.step + 1 :]
        return (
            self._queues[call.queue].skip_unstaffed
            and not self._is_staffed(call.requirement)
            and any(self._is_staffed(stage.requirement) for stage in later)
        )

    def _is_staffed(self, requirement: Requirement) -> bool:
        return any(
            agent.state is not AgentState.LOGGED_OUT
            and requirement.met_by(agent.group.profile.skills)
            for agent in self._agents
        )
