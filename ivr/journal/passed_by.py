"""Why an agent was passed by when a call rang others: by the journal, once nobody else knows.

States are those of that moment. Skills are in no journal, so they are those the site has now.
"""

from collections.abc import Iterator, Sequence

from ivr.acd.requirement import MEMBER, TEAM_PREFIX
from ivr.expression import parse_requirement
from ivr.model import events
from ivr.model.agents import AgentState
from ivr.model.site import Agent


def passed_by(
    name: str,
    agent: Agent | None,
    told: Sequence[events.Event],
    moves: Sequence[events.AgentChanged],
) -> Iterator[tuple[events.OfferMade, str]]:
    """Every offer of the call to somebody else, and why it was not to this agent.

    `told` is the call's history; `moves` are the agent's, from before it. `agent` is None when
    nothing is known of their skills.
    """
    skills = ""
    for event in told:
        if isinstance(event, events.QueueEntered | events.QueueRelaxed):
            skills = event.skills
        elif isinstance(event, events.OfferMade) and event.agent != name:
            yield event, _lacks(agent, skills) or _state(moves, event.at)


def _lacks(agent: Agent | None, skills: str) -> str:
    """Empty: may serve who asks for these."""
    if agent is None:
        return ""
    requirement = parse_requirement(skills)
    known = {**agent.skills, TEAM_PREFIX + agent.team: MEMBER}
    if requirement.holds({one: known.get(one, 0) for one in requirement.names}):
        return ""
    has = ", ".join(f"{skill} {level}" for skill, level in agent.skills.items())
    return f"does not meet `{skills}`: has {has or 'no skills'}"


def _state(moves: Sequence[events.AgentChanged], at: float) -> str:
    last = next((move for move in reversed(moves) if move.at <= at), None)
    if last is None or last.after is AgentState.LOGGED_OUT:
        return "was not logged in"
    if last.after is AgentState.AVAILABLE:
        return "could have been rung as well"
    reason = f" ({last.reason})" if last.after is AgentState.PAUSED else ""
    return f"was {last.after.value}{reason}"
