"""Call-backs: from the promise to the last attempt."""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent
from ivr.model.recording import ConsentAnswer


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
    frames: str = "[]"
    """JSON: the flows that wait for this one to come back."""
    consent: ConsentAnswer = ""
    """To being recorded."""


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
