"""What the core is told (inputs) and what it orders (commands). Times are epoch seconds."""

from dataclasses import dataclass

from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, OfferId, QueueId

# --- inputs


@dataclass(frozen=True)
class LogIn:
    agent: AgentId


@dataclass(frozen=True)
class LogOut:
    """Takes effect at once when free, after the conversation when talking."""

    agent: AgentId


@dataclass(frozen=True)
class Pause:
    """Takes effect at once when free, after the conversation when talking."""

    agent: AgentId
    reason: str


@dataclass(frozen=True)
class Ready:
    """Ends a pause or the wrap-up; also takes back a pause that was still to come."""

    agent: AgentId


@dataclass(frozen=True)
class DeviceChanged:
    """The phone's own state: registered and reachable; busy with a call that is not ours."""

    agent: AgentId
    reachable: bool
    busy: bool


@dataclass(frozen=True)
class Enter:
    """A call joins a queue; `skills` is the whole requirement, already joined with the queue's."""

    call: CallId
    queue: QueueId
    skills: str
    priority: int
    entered_at: float
    expires_at: float
    caller: str = ""
    leave_if_empty: bool = False
    """Out again at once, as `empty`, when nobody who could serve it is logged in."""


@dataclass(frozen=True)
class Leave:
    """A waiting call leaves by its own doing (hung up, pressed an exit key, ...)."""

    call: CallId
    outcome: QueueOutcome


@dataclass(frozen=True)
class OfferRinging:
    """The agent's phone rings."""

    offer: OfferId


@dataclass(frozen=True)
class OfferAnswered:
    """The agent picked up: from now on the two talk."""

    offer: OfferId


@dataclass(frozen=True)
class OfferEnded:
    """The offer failed; outcome is any but `accepted`."""

    offer: OfferId
    outcome: OfferOutcome


@dataclass(frozen=True)
class ConversationEnded:
    call: CallId
    wrap_up: bool = True


@dataclass(frozen=True)
class Resume:
    """After a restart: this agent is found talking to this call."""

    call: CallId
    agent: AgentId
    queue: QueueId


@dataclass(frozen=True)
class Hold:
    """No new offers until `until` or `Release`: callers found waiting after a restart re-attach."""

    until: float


@dataclass(frozen=True)
class Release:
    pass


@dataclass(frozen=True)
class Tick:
    """Nothing but the time."""


Input = (
    LogIn
    | LogOut
    | Pause
    | Ready
    | DeviceChanged
    | Enter
    | Leave
    | OfferRinging
    | OfferAnswered
    | OfferEnded
    | ConversationEnded
    | Resume
    | Hold
    | Release
    | Tick
)

# --- commands


@dataclass(frozen=True)
class Ring:
    """Offer the call to the agent: ring their phone until the lease ends."""

    offer: OfferId
    call: CallId
    agent: AgentId
    queue: QueueId
    ring_timeout_s: float
    reason: str
    """Why this agent, in short: what was compared."""


@dataclass(frozen=True)
class StopRinging:
    """The offer is over for the core; take the phone down if it still rings.

    Sent for every Ring that did not become a conversation, also when the lease expired.
    """

    offer: OfferId
    call: CallId
    agent: AgentId
    queue: QueueId
    outcome: OfferOutcome


@dataclass(frozen=True)
class Connect:
    """Join caller and agent."""

    offer: OfferId
    call: CallId
    agent: AgentId
    queue: QueueId


@dataclass(frozen=True)
class Left:
    """The call is out of the queue, with its one outcome (also for `answered`)."""

    call: CallId
    queue: QueueId
    outcome: QueueOutcome
    wait_s: float
    agent: AgentId | None = None


@dataclass(frozen=True)
class AgentMoved:
    """An agent changed state; `seconds` is the time spent in `before`."""

    agent: AgentId
    before: AgentState
    after: AgentState
    reason: str
    seconds: float
    call: CallId | None = None


Command = Ring | StopRinging | Connect | Left | AgentMoved
