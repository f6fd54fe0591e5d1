"""Agents who ask for help in a talk."""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent


@dataclass(frozen=True, kw_only=True)
class HelpAsked(CallEvent):
    """Supervisors who see this agent are told."""

    type = "help.asked"
    agent: str
    queue: str
    by: str
    """A user, or the extension on which the code was dialled."""


@dataclass(frozen=True, kw_only=True)
class HelpEnded(CallEvent):
    type = "help.ended"
    agent: str
    result: str
    """`joined` (a supervisor listens), `withdrawn`, or `over` (the talk is)."""
    by: str
    """The supervisor who joined, or who withdrew; empty when the talk is over."""
    seconds: float
