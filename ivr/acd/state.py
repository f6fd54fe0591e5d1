"""Everything the engine knows, and what others may read of it."""

from dataclasses import dataclass

from ivr.acd.agents import AgentRecord, Agents
from ivr.acd.calls import CallRecord, Calls
from ivr.acd.estimate import Estimate, estimate
from ivr.acd.handling import Handling
from ivr.acd.requirement import Requirement, Requirements
from ivr.acd.strategies import make_strategies
from ivr.acd.views import (
    AgentView,
    CallView,
    Candidate,
    QueueView,
    agent_view,
    call_view,
    exclusion,
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
    deadline: float


class State:
    """Who waits, who is free, who rings, who talks. The public methods change nothing."""

    def __init__(self, site: Site, seed: int) -> None:
        self._queues = site.queues
        self._strategies = make_strategies([one.strategy for one in site.queues.values()], seed)
        rankings = [strategy.ranking for strategy in self._strategies.values()]
        self._agents = Agents(site.agents, rankings)
        self._requirements = Requirements(self._agents.commonness)
        self._calls = Calls()
        self._offers: dict[str, Offer] = {}
        self._talks: dict[str, AgentRecord] = {}
        self._held = False
        self.handling = Handling()
        """What experience tells of handle times and waits."""

    def queues(self) -> list[QueueView]:
        """Every queue, in the order of the site file. Costs one pass over the waiting calls."""
        oldest: dict[str, float] = {}
        for call in self._calls:
            oldest[call.queue] = min(oldest.get(call.queue, call.entered_at), call.entered_at)
        return [
            QueueView(QueueId(name), self._calls.count(name), oldest.get(name), self._staff(queue))
            for name, queue in self._queues.items()
        ]

    def agents(self) -> list[AgentView]:
        """Every agent, in the order of the site file."""
        return [agent_view(agent) for agent in self._agents]

    def agent(self, agent: str) -> AgentView:
        """UnknownAgentError when the site has no such agent."""
        return agent_view(self._agents[agent])

    def calls(self) -> list[CallView]:
        """Calls in a queue, first in line first, ringing ones included."""
        return [self._view(call) for call in sorted(self._calls, key=lambda call: call.key)]

    def call(self, call: str) -> CallView:
        """UnknownCallError when it is in no queue (any more)."""
        return self._view(self._calls[call])

    def position(self, call: str) -> int:
        """Place among the calls of its queue, 1 being the first. Costs one pass over the calls."""
        own = self._calls[call]
        return 1 + sum(one.queue == own.queue and one.key < own.key for one in self._calls)

    def estimate(self, call: str, now: float, *, promise: bool = True) -> Estimate | None:
        """The wait still to come; None when unsure. UnknownCallError when it is in no queue.

        With `promise` the caller is told, and what comes of it teaches the next estimates.
        """
        waiting = self._calls[call]
        return estimate(waiting, self._calls, self._agents, self.handling, now, promise=promise)

    def is_waiting(self, call: str) -> bool:
        """Whether the call is in a queue, ringing included."""
        return call in self._calls

    def talks(self) -> dict[CallId, AgentId]:
        """Who talks to whom."""
        return {CallId(call): agent.ident for call, agent in self._talks.items()}

    @property
    def held(self) -> bool:
        """Whether offers are held back."""
        return self._held

    def explain(self, call: str) -> list[Candidate]:
        """Every agent as seen from this waiting call, those who could be rung first."""
        waiting = self._calls[call]
        seen = [
            Candidate(agent.ident, exclusion(agent, waiting, held=self._held))
            for agent in self._agents
        ]
        return sorted(seen, key=lambda candidate: candidate.excluded != "")

    def why_not(self, agent: str, call: str) -> str:
        """Why this call does not ring this agent now; empty when nothing stands in the way."""
        return exclusion(self._agents[agent], self._calls[call], held=self._held)

    def _is_staffed(self, requirement: Requirement) -> bool:
        """Whether anybody who satisfies it is logged in, in whatever state."""
        return any(
            requirement.accepts(group.profile)
            and any(n for state, n in group.states.items() if state is not AgentState.LOGGED_OUT)
            for group in self._agents.groups()
        )

    def _staff(self, queue: Queue) -> dict[AgentState, int]:
        requirement = self._requirements.get(queue.skills)
        staff: dict[AgentState, int] = dict.fromkeys(AgentState, 0)
        del staff[AgentState.LOGGED_OUT]
        for group in self._agents.groups():
            if requirement.accepts(group.profile):
                for state in staff:
                    staff[state] += group.states[state]
        return staff

    def _view(self, call: CallRecord) -> CallView:
        return call_view(call, self._offers[call.offer].agent.ident if call.offer else None)
