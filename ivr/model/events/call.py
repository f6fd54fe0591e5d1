"""What befalls a call on its walk through a flow."""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent


@dataclass(frozen=True, kw_only=True)
class CallStarted(CallEvent):
    type = "call.started"
    caller: str
    caller_name: str
    dialled: str
    flow: str
    channel: str
    """Asterisk's unique id of the caller's channel: the link to CEL and to Asterisk's own logs."""


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
    """The exit taken, `hangup`, `error`, or `called_back`: an agent was found for a caller who was
    away from the line."""
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
class MessageLeft(CallEvent):
    """A voicemail."""

    type = "voicemail.left"
    mailbox: str
    file: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Dialled(CallEvent):
    """A dial node ended."""

    type = "dial.ended"
    target: str
    outcome: str
    seconds: float
