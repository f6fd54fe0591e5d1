"""How long a waiting call will probably wait: arithmetic over what the core knows at this moment.

The agents who may serve the call finish what they are at, one after the other, at times that the
handle times and the time already spent make likely. The calls ahead of it take them first; each
counts by the share of its own agents that it has in common with this call. What no arithmetic
knows (who hangs up, who is called to another queue) is learnt as one factor per queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar

from ivr.acd.agents import AgentRecord, Agents, Group
from ivr.acd.calls import CallRecord, Calls
from ivr.acd.capacity import WHOLE
from ivr.acd.gamma import quantile, rest_within
from ivr.acd.handling import Handled, Handling
from ivr.acd.requirement import Requirement
from ivr.model.agents import AgentState

LOW_Z, HIGH_Z = -1.04, 1.04
"""The range announced holds 70 % of what is likely."""
SURE_S = 120.0
"""A range no wider than this may always be told ..."""
SURE_RATIO = 1.3
"""... a wider one only when it is narrower than this times its middle."""
LIMIT_S = 7200.0
LINES_MAX = 256
PROFILES_MAX = 256
AGENTS_MAX = 32
"""Looked at one by one; of more than these, evenly spread ones stand for the others."""
STEPS = 14
"""Halvings in the search for a moment: it is found to within a second."""

SERVING = (
    AgentState.AVAILABLE,
    AgentState.RESERVED,
    AgentState.RINGING,
    AgentState.ON_CALL,
    AgentState.WRAP_UP,
)
"""Who is in one of these states takes calls again without asking for it."""

T = TypeVar("T")


@dataclass(frozen=True)
class Estimate:
    """What a caller may be told."""

    position: int
    """1 for the call that comes next among the agents who may serve it."""
    low_s: float
    high_s: float
    """Waits from now on; 70 of 100 calls should be answered in between."""


@dataclass(frozen=True)
class Worker:
    """An agent who may serve the call, and what they are at."""

    handled: Handled
    spent_s: float | None
    """None: free, from `free_in_s` on."""
    free_in_s: float = 0.0

    def done(self, t: float, each_s: float) -> float:
        """Calls this agent will probably have finished or found time for by then."""
        if self.spent_s is None:
            return 0.0 if t < self.free_in_s else 1.0 + (t - self.free_in_s) / each_s
        ends, lasts = rest_within(t, self.spent_s, self.handled.shape, self.handled.mean_s)
        return ends + (t - lasts) / each_s


def estimate(
    call: CallRecord,
    calls: Calls,
    agents: Agents,
    handling: Handling,
    now: float,
    *,
    promise: bool,
) -> Estimate | None:
    """None when unsure: nobody staffed, too little seen, too wide a range; or it rings already.

    A `promise` is compared with what comes of it.
    """
    handled = handling.of(call.queue)
    if handled is None or call.offer is not None:
        return None
    able = [agent for agent in agents if _serves(agent, call)]
    if not able:
        return None
    ahead = _ahead(call, calls, agents)
    some = _spread(able, AGENTS_MAX)
    workers = [_worker(agent, call, handling, handled, now) for agent in some]
    crew = Crew(workers, len(able) / len(some), max(1.0, handled.mean_s))
    if promise:
        handling.expect(call.ident, call.queue, now, crew.moment(ahead + 1.0))
    factor = handling.correction(call.queue)
    low_s = factor * crew.moment(quantile(LOW_Z, ahead + 1.0, ahead + 1.0))
    high_s = factor * crew.moment(quantile(HIGH_Z, ahead + 1.0, ahead + 1.0))
    if high_s > LIMIT_S or high_s - low_s > max(SURE_S, SURE_RATIO * (high_s + low_s) / 2):
        return None
    return Estimate(1 + round(ahead), low_s, high_s)


@dataclass(frozen=True)
class Crew:
    """The agents who may serve a call; each of `workers` stands for `weight` of them."""

    workers: Sequence[Worker]
    weight: float
    each_s: float
    """What a call takes, on average."""

    def moment(self, calls: float) -> float:
        """In how many seconds they will probably have been free for so many calls."""
        low, high = 0.0, 2 * LIMIT_S
        if self._done(high) < calls:
            return high
        for _ in range(STEPS):
            middle = (low + high) / 2
            if self._done(middle) < calls:
                low = middle
            else:
                high = middle
        return high

    def _done(self, t: float) -> float:
        return self.weight * sum(worker.done(t, self.each_s) for worker in self.workers)


def _serves(agent: AgentRecord, call: CallRecord) -> bool:
    """Whether this agent may serve the call, and will do so without being called to work."""
    on_duty = agent.state in SERVING and agent.reachable and agent.later is None
    return on_duty and call.requirement.accepts(agent.group.profile)


def _worker(
    agent: AgentRecord, call: CallRecord, handling: Handling, handled: Handled, now: float
) -> Worker:
    if agent.work:  # has to finish all of it: what was begun last goes on the longest
        work = max(agent.work.values(), key=attrgetter("since"))
        return Worker(handling.of(work.queue) or handled, max(0.0, now - work.since))
    if agent.state is not AgentState.AVAILABLE:
        return Worker(handled, 0.0)  # rung by another call, whose time is still to come
    rests_until = max(agent.rest_until or now, call.key[0] + _delay_s(agent, call))
    return Worker(handled, None, max(0.0, rests_until - now))


def _delay_s(agent: AgentRecord, call: CallRecord) -> float:
    return agent.group.profile.delay_s(call.queue)


def _ahead(call: CallRecord, calls: Calls, agents: Agents) -> float:
    """Calls that come first, each by the share of its agents who may serve this call too, and by
    what it takes of an agent."""
    own = call.requirement
    groups = _spread([group for group in agents.groups() if _size(group)], PROFILES_MAX)
    ahead = 0.0
    others = []
    for line in calls.lines():
        if count := line.calls.before(call.key):
            agents_worth = count * line.share / WHOLE
            if line.requirement.text == own.text:
                ahead += agents_worth
            else:
                others.append((agents_worth, line.requirement))
    some = _spread(others, LINES_MAX)
    shared = sum(count * _shared(requirement, own, groups) for count, requirement in some)
    return ahead + shared * len(others) / max(1, len(some))


def _shared(theirs: Requirement, ours: Requirement, groups: Sequence[Group]) -> float:
    """Of the agents who may serve one, how many may serve the other, as a share."""
    total = common = 0
    for group in groups:
        if theirs.accepts(group.profile):
            size = _size(group)
            total += size
            common += size if ours.accepts(group.profile) else 0
    return common / total if total else 0.0


def _size(group: Group) -> int:
    return sum(group.states[state] for state in SERVING)


def _spread(items: Sequence[T], most: int) -> Sequence[T]:
    """At most so many of them, evenly spread."""
    return items if len(items) <= most else items[:: -(-len(items) // most)]
