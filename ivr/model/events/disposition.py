"""What agents say became of their talks."""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent


@dataclass(frozen=True, kw_only=True)
class DispositionGiven(CallEvent):
    """Of one agent's talk in this call; one given later takes the place of this one."""

    type = "disposition.given"
    agent: str
    queue: str
    code: str
    """One of the queue's `dispositions`."""
    title: str
    """What the code meant then."""
    group: str
    note: str
    """What the agent wrote, with card numbers masked: data, and personal."""
    by: str
    """Who gave it: a user, an extension, or `api`."""


@dataclass(frozen=True, kw_only=True)
class DispositionMissing(CallEvent):
    """The agent has finished with the talk without giving one, and the queue asks for it."""

    type = "disposition.missing"
    agent: str
    queue: str
