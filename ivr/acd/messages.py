"""What the core is told (inputs) and what it orders (commands). Times are epoch seconds."""

from dataclasses import dataclass

from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from ivr.model.site import Site

# --- inputs


@dataclass(frozen=True)
class LogIn:
    agent: AgentId
    idle_since: float | None = None
    """Was free since then already, before a restart; None: becomes free now."""


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
class ExtendWrapUp:
    """The agent needs `seconds` more to write up; nothing happens outside a timed wrap-up."""

    agent: AgentId
    seconds: float


@dataclass(frozen=True)
class Dispose:
    """The agent has said what became of this talk, during it or after; of a talk for which nothing
    is due, nothing happens."""

    agent: AgentId
    call: CallId


@dataclass(frozen=True)
class PlanPause:
    """A pause that begins at `start` (after the conversation, if there is one) and ends at `end`,
    unless the agent did something else before. Who is logged out or paused for another reason
    stays so. An agent has one plan at a time: a new one replaces the one to come; a pause under
    way goes on to its own end."""

    agent: AgentId
    reason: str
    start: float
    end: float


@dataclass(frozen=True)
class DayBegan:
    """Today's occupancy of every agent starts anew."""


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
    joined_at: float | None = None
    """Where the queue's relaxation timeline begins; None: at `entered_at`. Later than that when
    the place was brought along from another queue."""
    wanted: AgentId | None = None
    """Only this agent (who has to meet the skills), until `wanted_until`; void while that agent
    is logged out or paused."""
    wanted_until: float = 0.0
    chosen: bool = False
    """The wanted agent need not meet the skills: somebody has sent the call to this very agent."""
    callback: bool = False
    """Nobody is on the line: the customer will be called. Counts towards `active_max`, not
    towards `length_max`."""
    has_place: bool = False
    """The caller stood in this line already: `length_max` is for those who come new."""
    not_before: float = 0.0
    """In the queue, but offered to nobody before this moment."""
    lead_s: float = 0.0
    """How much longer the lease lasts: the customer is called before the agent's phone rings."""
    steps_told: int = 0
    """So many relaxation steps have been told of already, before this place was taken up again."""


@dataclass(frozen=True)
class Leave:
    """A waiting call leaves by its own doing (hung up, pressed an exit key, ...)."""

    call: CallId
    outcome: QueueOutcome


@dataclass(frozen=True)
class KeepPlace:
    """Who hung up while waiting may have this place again; sent after a restart."""

    queue: QueueId
    caller: str
    entered_at: float
    until: float


@dataclass(frozen=True)
class Reprioritise:
    """A waiting call gets another priority; its time of entry stays."""

    call: CallId
    priority: int


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
    callback: bool = False
    """The customer was called: it counts towards the queue's `active_max`."""
    since: float | None = None
    """When the conversation began; None: now."""


@dataclass(frozen=True)
class ResumeWrapUp:
    """After a restart: this agent, logged in and free, is found writing up this call."""

    agent: AgentId
    call: CallId
    until: float
    """Infinite: until ready."""


@dataclass(frozen=True)
class Hold:
    """No new offers until `until` or `Release`: callers found waiting after a restart re-attach."""

    until: float


@dataclass(frozen=True)
class Release:
    pass


@dataclass(frozen=True)
class Reconfigure:
    """Another site takes the place of the one in force.

    Calls in line keep their place, requirement and timeline; everything else about a queue holds
    from now on. Agents have their new skills at once. Whom or what the site no longer names goes
    when it is done: an agent after the conversation, a queue when nobody is left in it.
    """

    site: Site


@dataclass(frozen=True)
class Tick:
    """Nothing but the time."""


Input = (
    LogIn
    | LogOut
    | Pause
    | Ready
    | ExtendWrapUp
    | Dispose
    | PlanPause
    | DayBegan
    | DeviceChanged
    | Enter
    | Leave
    | KeepPlace
    | Reprioritise
    | OfferRinging
    | OfferAnswered
    | OfferEnded
    | ConversationEnded
    | Resume
    | ResumeWrapUp
    | Hold
    | Release
    | Reconfigure
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
    step: int = 0
    """Relaxation steps in force."""


@dataclass(frozen=True)
class Relaxed:
    """A waiting call's requirement changed: from now on it asks for `skills`."""

    call: CallId
    queue: QueueId
    step: int
    """1 for the first step of the queue's timeline."""
    skills: str


@dataclass(frozen=True)
class Reprioritised:
    """A waiting call has another priority, and keeps it wherever it stands in line again."""

    call: CallId
    queue: QueueId
    priority: int


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
    callback: bool = False
    """It stood there for a customer to be called, who has left the queue by asking for that."""


@dataclass(frozen=True)
class AgentMoved:
    """An agent changed state; `seconds` is the time spent in `before`."""

    agent: AgentId
    before: AgentState
    after: AgentState
    reason: str
    seconds: float
    call: CallId | None = None
    until: float | None = None
    """When a timed wrap-up ends by itself."""


@dataclass(frozen=True)
class Finished:
    """The agent is done with this interaction, writing it up included, and goes on with others;
    done with the last one, an agent moves instead."""

    agent: AgentId
    call: CallId
    queue: QueueId
    seconds: float
    """Since the answer."""


@dataclass(frozen=True)
class Undisposed:
    """The agent is done with this talk, and has not said what became of it, which the queue asks
    for."""

    agent: AgentId
    call: CallId
    queue: QueueId


Command = (
    Ring
    | Relaxed
    | Reprioritised
    | StopRinging
    | Connect
    | Left
    | AgentMoved
    | Finished
    | Undisposed
)
