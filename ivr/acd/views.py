"""What outsiders may see of the core: snapshots for gauges, and why somebody is not rung."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.acd.agents import AgentRecord
from ivr.acd.calls import CallRecord
from ivr.acd.capacity import WHOLE
from ivr.acd.requirement import TEAM_PREFIX
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId, CallId, OfferId, QueueId


@dataclass(frozen=True)
class QueueView:
    """One queue at this moment."""

    queue: QueueId
    callers: int
    """Calls not yet answered, ringing ones included."""
    oldest_entered_at: float | None
    """Entry time of the caller who has waited longest; None when nobody waits."""
    agents: Mapping[AgentState, int]
    """Agents who satisfy the queue's own skills, by state; logged-out ones are left out."""


@dataclass(frozen=True)
class AgentView:
    """One agent at this moment; times are epoch seconds."""

    agent: AgentId
    state: AgentState
    reason: str
    """Pause reason when paused, else what led to the state."""
    since: float | None
    """When the state began; None before the first log-in."""
    reachable: bool
    busy: bool
    rest_until: float | None
    """Available, but offered nothing until then: the last offer failed."""
    idle_since: float | None
    """Place among the idle; None when nothing can be offered, or something is at hand."""
    offer: OfferId | None
    call: CallId | None
    """Rung, talked to (the first of several), or written up."""
    at_hand: Sequence[CallId]
    """Everything talked to or written up: more than one only of channels that share an agent."""
    room: float
    """The share of the agent that may be offered something; 1: all of it, as a call asks for."""
    queue: QueueId | None
    later: str
    """What takes effect after the conversation: `pause`, `log_out` or nothing."""
    owes_disposition: bool = False
    """Whether the agent has still to say what became of a talk, which its queue asks for."""


@dataclass(frozen=True)
class CallView:
    """One call in a queue; times are epoch seconds."""

    call: CallId
    queue: QueueId
    skills: str
    priority: int
    entered_at: float
    effective_start: float
    expires_at: float
    caller: str
    offer: OfferId | None
    """The first offer under way, if any."""
    agent: AgentId | None
    """The agent being rung by it."""
    agents: Sequence[AgentId]
    """All agents being rung."""
    step: int
    """Relaxation steps in force."""
    wanted: AgentId | None
    """The only agent this call waits for, for now."""
    callback: bool
    """Nobody is on the line: the customer will be called."""
    not_before: float
    spared: frozenset[AgentId]
    """Agents rung in vain, who are tried again only when nobody else is free."""


@dataclass(frozen=True)
class Candidate:
    """One agent as seen from a call."""

    agent: AgentId
    excluded: str
    """Why the agent is not rung by this call; empty: nothing stands in the way."""
    rank: int = 1
    """By the queue's preferences: 1 satisfies all of them."""
    wanted: bool = False
    """The caller wants this very agent."""
    idle_s: float | None = None
    """For how long the agent has been free; None: is not."""
    value: str = ""
    """What the queue's strategy compares, of who is free."""


@dataclass(frozen=True)
class RelaxationView:
    """How far a call's requirement has been relaxed; times are epoch seconds."""

    step: int
    """Steps in force; 0: what the call asked for at first."""
    skills: str
    """What it asks for now."""
    next_at: float | None
    """When the next step comes at the latest; None: no step is left."""
    next_skills: str
    """What it will ask for then; empty with no step left, or when it will ask for nothing."""
    next_priority: int
    """By how many points of priority it will count more then."""


@dataclass(frozen=True)
class Moment:
    """What an exclusion depends on beside agent and call."""

    now: float
    share: int
    """What the call takes of an agent."""
    held: bool
    """Nobody is offered anything, after a restart."""
    capped: bool
    """As many call-backs of this queue are under way as may be."""
    ahead: CallId | None
    """Who comes before the call and needs more of the agent than is left."""


def agent_view(agent: AgentRecord) -> AgentView:
    return AgentView(
        agent=agent.ident,
        state=agent.state,
        reason=agent.reason,
        since=agent.since,
        reachable=agent.reachable,
        busy=agent.busy,
        rest_until=agent.rest_until,
        idle_since=agent.idle_since if agent.filed == WHOLE else None,
        offer=agent.offer,
        call=agent.call,
        at_hand=tuple(agent.work),
        room=agent.filed / WHOLE,
        queue=agent.queue,
        later=agent.later[0].value if agent.later else "",
        owes_disposition=bool(agent.owed),
    )


def call_view(call: CallRecord, agents: Sequence[AgentId]) -> CallView:
    """`agents` are those being rung."""
    return CallView(
        call=call.ident,
        queue=call.queue,
        skills=call.requirement.text,
        priority=call.priority,
        entered_at=call.entered_at,
        effective_start=call.key[0],
        expires_at=call.expires_at,
        caller=call.caller,
        offer=call.offer,
        agent=agents[0] if agents else None,
        agents=tuple(agents),
        step=call.step,
        wanted=call.wanted,
        callback=call.callback,
        not_before=call.not_before,
        spared=frozenset(call.spared),
    )


def relaxation_view(call: CallRecord, next_at: float | None) -> RelaxationView:
    text = call.requirement.text
    if next_at is None:
        return RelaxationView(call.step, text, None, "", 0)
    stage, after = call.stages[call.step], call.stages[call.step + 1]
    more = after.priority - stage.priority
    return RelaxationView(call.step, text, next_at, after.requirement.text, more)


def rank_of(met: Sequence[bool]) -> int:
    """Place among the ways to satisfy preferences, the first of which weighs most."""
    return 1 + sum(1 << place for place, one in enumerate(reversed(met)) if not one)


def exclusion(agent: AgentRecord, call: CallRecord, moment: Moment) -> str:
    """The first thing that stands between this agent and this call, in words; empty: nothing."""
    if agent.offer is not None and agent.offer in call.offers:
        return "is being rung by this call"
    if not call.suits(agent):
        known = agent.group.profile.skills.items()
        skills = ", ".join(f"{name} {n}" for name, n in known if not name.startswith(TEAM_PREFIX))
        return f"does not meet `{call.requirement.text}`: has {skills or 'no skills'}"
    return _agents_fault(agent, moment.share) or _calls_fault(agent, call, moment)


def _agents_fault(agent: AgentRecord, share: int) -> str:
    """Why this agent could not be rung by any call that takes so much of them."""
    if agent.state is AgentState.ON_CALL and agent.taken + share <= WHOLE:
        if agent.later is not None:
            return f"takes nothing more: {agent.later[0].value} comes next"
        if agent.offer is not None:
            return "is being offered something else"
    elif agent.state is not AgentState.AVAILABLE:
        reason = f" ({agent.reason})" if agent.state is AgentState.PAUSED else ""
        other = f" with call {agent.call}" if agent.call else ""
        more = f" and {len(agent.work) - 1} more" if len(agent.work) > 1 else ""
        return f"is {agent.state.value}{reason}{other}{more}"
    if not agent.reachable:
        return "the phone cannot be reached"
    if agent.busy:
        return "the phone is busy with another call"
    if agent.rest_until is not None:
        return f"rests until {agent.rest_until:.1f}: the last offer failed"
    return ""


def _calls_fault(agent: AgentRecord, call: CallRecord, moment: Moment) -> str:
    """Why this call does not ring this agent, who is free and may serve it."""
    if call.offers:
        return "the call rings somebody else"
    if call.not_before > moment.now:
        return f"the call is not offered before {call.not_before:.1f}"
    if moment.capped:
        return "as many call-backs of this queue are under way as may be"
    if call.wanted not in (None, agent.ident):
        return f"the call waits for {call.wanted} alone"
    profile = agent.group.profile
    if call.wanted is None and not profile.is_due(call.queue, call.key[0], moment.now):
        at = call.key[0] + profile.delay_s(call.queue)
        return f"gets calls of this queue after {profile.delay_s(call.queue):g} s: at {at:.1f}"
    if moment.ahead is not None:
        return f"is kept for {moment.ahead}, who is ahead and needs more of the agent"
    if moment.held:
        return "offers are held back after a restart"
    if agent.ident in call.spared:
        return "was rung by this call in vain: only when nobody else is free"
    return ""
