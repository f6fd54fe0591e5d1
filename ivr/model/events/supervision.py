"""Recordings of conversations, and supervisors who listen in."""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent, Event


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
