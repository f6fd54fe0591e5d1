"""Agents' states."""

from dataclasses import dataclass

from ivr.model.agents import AgentState
from ivr.model.events.base import Event


@dataclass(frozen=True, kw_only=True)
class AgentChanged(Event):
    type = "agent.changed"
    agent: str
    before: AgentState
    after: AgentState
    reason: str
    """Pause reason when paused; otherwise what caused the change."""
    seconds: float
    """Time spent in `before`."""
    call: str = ""
    until: float = 0.0
    """When a wrap-up ends by itself, unless it is extended; 0: another state, or until ready."""
