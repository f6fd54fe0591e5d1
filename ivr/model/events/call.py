"""What befalls a call on its walk through a flow."""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent
from ivr.model.lookups import Outcome


@dataclass(frozen=True, kw_only=True)
class CallStarted(CallEvent):
    type = "call.started"
    caller: str
    caller_name: str
    dialled: str
    flow: str
    channel: str
    """Asterisk's unique id of the caller's channel: the link to CEL and to Asterisk's own logs."""
    config: str = ""
    """Version of the site and flows this call runs on to its end."""


@dataclass(frozen=True, kw_only=True)
class CallRefused(CallEvent):
    """A caller was turned away before anything began: of this call there is no other event."""

    type = "call.refused"
    caller: str
    dialled: str
    channel: str
    """As in CallStarted."""
    reason: str
    """`calls` (as many as the site allows), `lag`, `descriptors` or `sessions`."""
    overflow: str
    """The extension or number rung for this caller; empty: nobody was."""


@dataclass(frozen=True, kw_only=True)
class CallResumed(CallEvent):
    """The server (re)started while this call was under way and took it over again."""

    type = "call.resumed"
    state: str
    """Where it was: `serving`, `waiting` or `talking`."""


@dataclass(frozen=True, kw_only=True)
class CallEnded(CallEvent):
    type = "call.ended"
    flow: str
    result: str
    """`completed` (by the flow), `hangup` (by the caller), `error`, or `lost` (found gone)."""
    duration_s: float
    node: str
    """The node it ended in."""


@dataclass(frozen=True, kw_only=True)
class NodeEntered(CallEvent):
    type = "node.entered"
    flow: str
    node: str


@dataclass(frozen=True, kw_only=True)
class NodeLeft(CallEvent):
    type = "node.left"
    flow: str
    node: str
    outcome: str
    """The exit taken, `hangup`, `error`; of the last node of a called flow `return`; of a caller
    who was away from the line `called_back` (an agent was found) or `broken` (what they were
    looking after failed)."""
    seconds: float


@dataclass(frozen=True, kw_only=True)
class InputReceived(CallEvent):
    type = "input.received"
    flow: str
    node: str
    value: str
    """What was pressed; `*` per digit when the node is sensitive."""
    result: str
    """`match`, `no_match` or `no_input`."""


@dataclass(frozen=True, kw_only=True)
class FlowFailed(CallEvent):
    type = "flow.failed"
    flow: str
    node: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LookedUp(CallEvent):
    """Another system was asked. What was asked for, and the answer, stay out of the journal."""

    type = "lookup.made"
    target: str
    """Key of the site's `http`."""
    method: str
    outcome: Outcome
    status: int
    """HTTP status; 0 when there was no answer."""
    attempts: int
    seconds: float
    """As long as the caller had to wait for it."""


@dataclass(frozen=True, kw_only=True)
class Dialled(CallEvent):
    """A dial node ended."""

    type = "dial.ended"
    target: str
    outcome: str
    seconds: float
