"""Waiting in line, offers to agents, and the conversation that comes of one."""

from dataclasses import dataclass

from ivr.model.agents import OfferOutcome, QueueOutcome
from ivr.model.events.base import CallEvent


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
    wanted: str = ""
    """The agent asked for, alone at first; void when they are away."""


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
