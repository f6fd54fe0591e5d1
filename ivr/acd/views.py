"""What outsiders may see of the core: snapshots for gauges, and why somebody is not rung."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ivr.acd.agents import AgentRecord
from ivr.acd.calls import CallRecord
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
    """Place among the idle; None when nothing can be offered."""
    offer: OfferId | None
    call: CallId | None
    """Rung, talked to, or written up."""
    queue: QueueId | None
    later: str
    """What takes effect after the conversation: `pause`, `log_out` or nothing."""


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
    agent: AgentId | None
    """The agent being rung, if any."""
    spared: Collection[AgentId]
    """Agents rung in vain, who are tried again only when nobody else is free."""


@dataclass(frozen=True)
class Candidate:
    """One agent as seen from a call."""

    agent: AgentId
    excluded: str
    """Why the agent is not rung by this call; empty: nothing stands in the way."""


def agent_view(agent: AgentRecord) -> AgentView:
    return AgentView(
        agent=agent.ident,
        state=agent.state,
        reason=agent.reason,
        since=agent.since,
        reachable=agent.reachable,
        busy=agent.busy,
        rest_until=agent.rest_until,
        idle_since=agent.idle_since if agent.free else None,
        offer=agent.offer,
        call=agent.call,
        queue=agent.queue,
        later=agent.later[0].value if agent.later else "",
    )


def call_view(call: CallRecord, agent: AgentId | None) -> CallView:
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
        agent=agent,
        spared=frozenset(call.spared),
    )


def exclusion(agent: AgentRecord, call: CallRecord, *, held: bool) -> str:
    """The first thing that stands between this agent and this call, in words; empty: nothing."""
    if call.offer is not None and agent.offer == call.offer:
        return "is being rung by this call"
    if not call.requirement.accepts(agent.group.profile):
        known = agent.group.profile.skills.items()
        skills = ", ".join(f"{name} {n}" for name, n in known if not name.startswith(TEAM_PREFIX))
        return f"does not meet `{call.requirement.text}`: has {skills or 'no skills'}"
    if agent.state is not AgentState.AVAILABLE:
        reason = f" ({agent.reason})" if agent.state is AgentState.PAUSED else ""
        other = f" with call {agent.call}" if agent.call else ""
        return f"is {agent.state.value}{reason}{other}"
    if not agent.reachable:
        return "the phone cannot be reached"
    if agent.busy:
        return "the phone is busy with another call"
    if agent.rest_until is not None:
        return f"rests until {agent.rest_until:.1f}: the last offer failed"
    if call.offer is not None:
        return "the call rings somebody else"
    if held:
        return "offers are held back after a restart"
    if agent.ident in call.spared:
        return "was rung by this call in vain: only when nobody else is free"
    return ""
