"""A conversation that goes on elsewhere: transferred, parked, fetched."""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent


@dataclass(frozen=True, kw_only=True)
class Transferred(CallEvent):
    """An agent handed the caller on."""

    type = "call.transferred"
    agent: str
    queue: str
    kind: str
    """`blind`, `attended` or `conference`."""
    target: str
    """`agent`, `queue` or `number`."""
    to: str
    """Agent, queue or number."""


@dataclass(frozen=True, kw_only=True)
class Parked(CallEvent):
    type = "call.parked"
    agent: str
    queue: str
    slot: str


@dataclass(frozen=True, kw_only=True)
class Unparked(CallEvent):
    type = "call.unparked"
    slot: str
    result: str
    """`retrieved`, `returned` (nobody came: back to the agent or queue) or `hangup`."""
    by: str
    """The agent who retrieved the call, if one did."""
    seconds: float
