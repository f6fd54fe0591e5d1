"""Domain events: what happened, once, in the field's words.

Nodes and services hand them to one recorder; the journal stores every one, metrics count them: the
two agree by construction. Times are UTC epoch seconds (float); durations end in `_s`.
"""

from dataclasses import dataclass
from typing import ClassVar

from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome


@dataclass(frozen=True, kw_only=True)
class Event:
    """`at` is when it happened (UTC epoch seconds); `type` is its stable name in the journal."""

    type: ClassVar[str] = ""
    at: float


@dataclass(frozen=True, kw_only=True)
class CallEvent(Event):
    call: str


# --- the call and its walk through a flow


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


# --- queue and offers


@dataclass(frozen=True, kw_only=True)
class QueueEntered(CallEvent):
    type = "queue.entered"
    queue: str
    skills: str
    priority: int
    entered_at: float
    """Original time of entry; earlier than `at` when the place was kept."""
    resumed: bool = False
    """The server restarted while the call was in this line."""
    kept: str = ""
    """What else the place was kept across: `redial`, `transfer` or `overflow`."""


@dataclass(frozen=True, kw_only=True)
class QueueRelaxed(CallEvent):
    """The call asks for less, or for others, from now on."""

    type = "queue.relaxed"
    queue: str
    step: int
    """1 for the first step of the queue's timeline."""
    skills: str


@dataclass(frozen=True, kw_only=True)
class EstimateAnnounced(CallEvent):
    type = "estimate.announced"
    queue: str
    position: int
    low_s: float
    high_s: float


@dataclass(frozen=True, kw_only=True)
class EstimateSettled(CallEvent):
    """A caller who was told an estimate has been answered."""

    type = "estimate.settled"
    queue: str
    announced_s: float
    """Middle of the first range announced."""
    waited_s: float
    """From that announcement to the answer."""


@dataclass(frozen=True, kw_only=True)
class QueueLeft(CallEvent):
    type = "queue.left"
    queue: str
    outcome: QueueOutcome
    wait_s: float
    agent: str = ""


@dataclass(frozen=True, kw_only=True)
class OfferMade(CallEvent):
    type = "offer.made"
    offer: str
    queue: str
    agent: str
    channel: str
    reason: str
    """Why this agent: what the core compared, in short."""
    step: int = 0
    """Relaxation steps in force."""


@dataclass(frozen=True, kw_only=True)
class OfferEnded(CallEvent):
    type = "offer.ended"
    offer: str
    queue: str
    agent: str
    outcome: OfferOutcome
    ring_s: float


@dataclass(frozen=True, kw_only=True)
class ConversationStarted(CallEvent):
    type = "conversation.started"
    queue: str
    agent: str
    channel: str
    """The agent leg's unique id."""


@dataclass(frozen=True, kw_only=True)
class ConversationEnded(CallEvent):
    type = "conversation.ended"
    queue: str
    agent: str
    talk_s: float
    hold_s: float
    ended_by: str
    """`caller`, `agent`, `transfer` (the agent sent the caller on) or `unknown`."""


# --- call-backs


@dataclass(frozen=True, kw_only=True)
class CallbackRequested(CallEvent):
    """The caller hung up and will be called; holds all that a restart needs."""

    type = "callback.requested"
    queue: str
    number: str
    skills: str
    priority: int
    entered_at: float
    expires_at: float
    flow: str
    node: str
    variables: str
    """JSON; without sensitive values."""


@dataclass(frozen=True, kw_only=True)
class CallbackAttempted(CallEvent):
    type = "callback.attempted"
    queue: str
    attempt: int
    agent: str
    outcome: str
    """`confirmed`, `declined`, `no_answer`, `busy`, `unconfirmed` (nobody pressed the key) or
    `failed`."""


@dataclass(frozen=True, kw_only=True)
class CallbackEnded(CallEvent):
    type = "callback.ended"
    queue: str
    result: str
    """`completed`, `declined`, `unreachable` (attempts used up), `expired` or `cancelled`."""
    attempts: int
    wait_s: float
    """From the original entry into the queue."""


# --- transfers


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


# --- the watch over the core


@dataclass(frozen=True, kw_only=True)
class InvariantViolated(Event):
    type = "routing.violated"
    invariant: str
    detail: str


# --- agents


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


# --- recording and supervision


@dataclass(frozen=True, kw_only=True)
class RecordingStarted(CallEvent):
    type = "recording.started"
    recording: str
    queue: str
    agent: str


@dataclass(frozen=True, kw_only=True)
class RecordingFinished(CallEvent):
    type = "recording.finished"
    recording: str
    result: str
    """`ok`, `short` (off by more than 0.5 s), `empty`, `missing`, `unverified` (end unseen)."""
    seconds: float
    bytes: int


@dataclass(frozen=True, kw_only=True)
class SupervisionStarted(CallEvent):
    type = "supervision.started"
    supervisor: str
    agent: str
    mode: str
    """`listen`, `whisper` or `barge`."""


@dataclass(frozen=True, kw_only=True)
class SupervisionModeChanged(CallEvent):
    type = "supervision.mode"
    supervisor: str
    agent: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class SupervisionEnded(CallEvent):
    type = "supervision.ended"
    supervisor: str
    agent: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class SupervisionRefused(Event):
    type = "supervision.refused"
    supervisor: str
    agent: str
    reason: str
    """`wrong_pin`, `not_supervisor`, `other_team`, `no_agent` or `no_conversation`."""


# --- the server itself


@dataclass(frozen=True, kw_only=True)
class ServerStarted(Event):
    type = "server.started"
    version: str


@dataclass(frozen=True, kw_only=True)
class ServerStopped(Event):
    type = "server.stopped"


@dataclass(frozen=True, kw_only=True)
class SiteReloaded(Event):
    """Site and flows were read again and are in force since."""

    type = "site.reloaded"
    changes: int
    detail: str
    """The changes, one in each line; the first fifty."""


@dataclass(frozen=True, kw_only=True)
class AmiConnected(Event):
    type = "ami.connected"


@dataclass(frozen=True, kw_only=True)
class AmiLost(Event):
    type = "ami.lost"


EVENT_TYPES: dict[str, type[Event]] = {
    event.type: event
    for event in (
        CallStarted,
        CallResumed,
        CallEnded,
        NodeEntered,
        NodeLeft,
        InputReceived,
        FlowFailed,
        MessageLeft,
        Dialled,
        QueueEntered,
        QueueLeft,
        QueueRelaxed,
        EstimateAnnounced,
        EstimateSettled,
        OfferMade,
        OfferEnded,
        ConversationStarted,
        ConversationEnded,
        CallbackRequested,
        CallbackAttempted,
        CallbackEnded,
        Transferred,
        Parked,
        Unparked,
        InvariantViolated,
        AgentChanged,
        RecordingStarted,
        RecordingFinished,
        SupervisionStarted,
        SupervisionModeChanged,
        SupervisionEnded,
        SupervisionRefused,
        ServerStarted,
        ServerStopped,
        SiteReloaded,
        AmiConnected,
        AmiLost,
    )
}
"""Every event, by its stable name."""
