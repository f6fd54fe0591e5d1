"""Calls that agents make by a click: their own phone first, then the number."""

from dataclasses import dataclass

from ivr.model.events.base import Event


@dataclass(frozen=True, kw_only=True)
class OutboundStarted(Event):
    """The agent's phone is rung."""

    type = "outbound.started"
    agent: str
    number: str
    """An outside number, or an extension."""
    by: str


@dataclass(frozen=True, kw_only=True)
class OutboundRefused(Event):
    type = "outbound.refused"
    agent: str
    number: str
    reason: str
    by: str


@dataclass(frozen=True, kw_only=True)
class OutboundEnded(Event):
    type = "outbound.ended"
    agent: str
    number: str
    outcome: str
    """`answered`, `no_answer`, `busy`, `rejected`, `unreachable`; `left`: the agent has hung up,
    before or after an answer; `not_taken`: the agent did not pick up, or could not be rung."""
    seconds: float
    """From the agent's picking up; when answered, of the talk."""
