"""Recordings of conversations, and supervisors who listen in."""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent, Event


@dataclass(frozen=True, kw_only=True)
class RecordingStarted(CallEvent):
    type = "recording.started"
    recording: str
    queue: str
    """Empty, like `agent`: the call outside its conversations, because its flow asked for it."""
    agent: str


@dataclass(frozen=True, kw_only=True)
class RecordingPaused(CallEvent):
    """From now on the recording holds silence, and nobody listens in."""

    type = "recording.paused"
    recording: str
    reason: str
    """`sensitive` (a node of the flow) or `agent` (dialled the code for it)."""


@dataclass(frozen=True, kw_only=True)
class RecordingResumed(CallEvent):
    """It holds sound again, a moment later."""

    type = "recording.resumed"
    recording: str
    reason: str
    """`left` (the sensitive node), `agent` (dialled again) or `limit`."""


@dataclass(frozen=True, kw_only=True)
class ConsentAnswered(CallEvent):
    type = "recording.consent"
    answer: str
    """`given` or `refused`."""
    by: str
    """`key`, `announced` or `silence`."""


@dataclass(frozen=True, kw_only=True)
class RecordingFinished(CallEvent):
    type = "recording.finished"
    recording: str
    result: str
    """`ok`, `short` (off by more than 0.5 s), `empty`, `missing`, `unverified`."""
    seconds: float
    bytes: int


@dataclass(frozen=True, kw_only=True)
class RecordingPlayed(CallEvent):
    """Somebody has fetched the sound, in whole or in part."""

    type = "recording.played"
    recording: str
    agent: str
    """Who is heard in it; empty outside conversations."""
    by: str


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
    """As in SupervisionStarted, or `suspended`: nobody listens while the call is private."""


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
    """`wrong_pin`, `not_supervisor`, `other_team`, `no_agent`, `no_conversation`, or `revoked`: who
    listened may no more, and is hung up."""
