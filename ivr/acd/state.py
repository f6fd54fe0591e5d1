"""Everything the engine knows, and what others may read of it."""

from dataclasses import dataclass

from ivr.acd.agents import AgentRecord, Agents, Ranking, Stand
from ivr.acd.calls import CallRecord, Calls
from ivr.acd.capacity import WHOLE, shares
from ivr.acd.estimate import Estimate, estimate
from ivr.acd.handling import Handling
from ivr.acd.places import KeptPlaces
from ivr.acd.requirement import Requirements
from ivr.acd.strategies import make_strategies
from ivr.acd.views import (
    AgentView,
    CallView,
    Moment,
    QueueView,
    RelaxationView,
    agent_view,
    call_view,
    exclusion,
    relaxation_view,
)
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from ivr.model.site import Queue, Site


@dataclass(frozen=True)
class Offer:
    """A lease: this call has this agent's phone until the deadline."""

    ident: OfferId
    call: CallRecord
    agent: AgentRecord
    share: int
    """What the call takes of the agent."""
    deadline: float


class State:
    """Who waits, who is free, who rings, who talks. The public methods change nothing."""

    def __init__(self, site: Site, seed: int) -> None:
        self._queues = dict(site.queues)
        self._present = set(site.queues)
        """Queues the site has now; the others are known for the sake of those still in them."""
        self._seed = seed
        self._shares = shares(site)
        """What a call takes of an agent, by queue."""
        self._strategies = make_strategies([one.strategy for one in site.queues.values()], seed)
        self._agents = Agents(site.agents, self._rankings())
        self._requirements = Requirements(self._agents.commonness)
        self._calls = Calls(self._shares)
        self._offers: dict[str, Offer] = {}
        self._talks: dict[str, AgentRecord] = {}
        self._held = False
        self._now = float("-inf")
        """Of the last message."""
        self._places = KeptPlaces()
        self.handling = Handling()
        """What experience tells of handle times and waits."""

    def _rankings(self) -> dict[Stand, Ranking]:
        """The orders in which strategies look for free agents, with the room they look for."""
        found = [
            (self._strategies[queue.strategy].ranking, self._shares[name])
            for name, queue in self._queues.items()
        ]
        return {(ranking.name, share): ranking for ranking, share in found}

    def queues(self) -> list[QueueView]:
        """Every queue, in the order of the site file. Costs one pass over the waiting calls."""
        oldest: dict[str, float] = {}
        for call in self._calls:
            oldest[call.queue] = min(oldest.get(call.queue, call.entered_at), call.entered_at)
        return [
            QueueView(QueueId(name), self._calls.count(name), oldest.get(name), self._staff(queue))
            for name, queue in self._queues.items()
            if name in self._present or self._calls.count(name)
        ]

    def agents(self) -> list[AgentView]:
        """Every agent, in the order of the site file."""
        return [agent_view(agent) for agent in self._agents]

    def agent_names(self) -> list[AgentId]:
        """Of every agent, in the order of the site file."""
        return [agent.ident for agent in self._agents]

    def agent(self, agent: str) -> AgentView:
        """UnknownAgentError when the site has no such agent."""
        return agent_view(self._agents[agent])

    def calls(self) -> list[CallView]:
        """Calls in a queue, first in line first, ringing ones included."""
        return [self._view(call) for call in sorted(self._calls, key=lambda call: call.key)]

    def asked_for(self) -> dict[CallId, str]:
        """Every call in a queue, in no order, and the skill expression it asks for now."""
        return {call.ident: call.requirement.text for call in self._calls}

    def call(self, call: str) -> CallView:
        """UnknownCallError when it is in no queue (any more)."""
        return self._view(self._calls[call])

    def position(self, call: str) -> int:
        """Place among the calls of its queue, 1 being the first. Costs one pass over the calls."""
        own = self._calls[call]
        return 1 + sum(one.queue == own.queue and one.key < own.key for one in self._calls)

    def estimate(self, call: str, now: float, *, promise: bool = True) -> Estimate | None:
        """The wait still to come; None when unsure. UnknownCallError when it is in no queue.

        With `promise` the caller is told, and what comes of it teaches the next estimates. Of
        channels that share an agent nothing is said.
        """
        waiting = self._calls[call]
        if self._shares[waiting.queue] < WHOLE:
            return None
        return estimate(waiting, self._calls, self._agents, self.handling, now, promise=promise)

    def is_waiting(self, call: str) -> bool:
        """Whether the call is in a queue, ringing included."""
        return call in self._calls

    def leases(self) -> dict[OfferId, float]:
        """Every offer under way, and when it ends by itself."""
        return {offer.ident: offer.deadline for offer in self._offers.values()}

    def talks(self) -> dict[CallId, AgentId]:
        """Who talks to whom."""
        return {CallId(call): agent.ident for call, agent in self._talks.items()}

    @property
    def held(self) -> bool:
        """Whether offers are held back."""
        return self._held

    def kept_place(self, queue: str, caller: str, now: float) -> float | None:
        """The time of entry this caller may have again in this queue; None: no place is kept."""
        return self._places.find(queue, caller, now)

    def relaxation(self, call: str) -> RelaxationView:
        """How far the call's requirement has been relaxed, and what comes next."""
        waiting = self._calls[call]
        return relaxation_view(waiting, self._next_step_at(waiting))

    def why_not(self, agent: str, call: str) -> str:
        """Why this call does not ring this agent now; empty when nothing stands in the way."""
        return self._exclusion(self._agents[agent], self._calls[call])

    def _exclusion(self, agent: AgentRecord, call: CallRecord) -> str:
        capped = call.in_line and not self._calls.is_open(call)
        share = self._shares[call.queue]
        own_key = agent.group.profile.own_key(call.queue, call.key)
        ahead = self._calls.ahead_of(agent, own_key, self._now) if agent.filed >= share else None
        before = ahead.ident if ahead is not None else None
        return exclusion(agent, call, Moment(self._now, share, self._held, capped, before))

    def _next_step_at(self, call: CallRecord) -> float | None:
        """When the next relaxation step is due; None: no step is left."""
        if call.step + 1 == len(call.stages):
            return None
        return call.joined_at + call.stages[call.step + 1].after_s

    def able(self, skills: str) -> dict[AgentState, int]:
        """Agents who satisfy this skill expression, by state, those logged out among them."""
        requirement = self._requirements.get(skills)
        found = dict.fromkeys(AgentState, 0)
        for group in self._agents.groups():
            if requirement.accepts(group.profile):
                for state in found:
                    found[state] += group.states[state]
        return found

    def _staff(self, queue: Queue) -> dict[AgentState, int]:
        staff = self.able(queue.skills)
        del staff[AgentState.LOGGED_OUT]
        return staff

    def _view(self, call: CallRecord) -> CallView:
        return call_view(call, [self._offers[offer].agent.ident for offer in call.offers])
