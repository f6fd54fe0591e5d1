"""How long things are kept: what was deleted, and what may not be."""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent, Event


@dataclass(frozen=True, kw_only=True)
class RecordingDeleted(CallEvent):
    """The sound is gone for good, or going: told before the file is unlinked."""

    type = "recording.deleted"
    recording: str
    reason: str
    """`retention`: older than the site keeps it."""
    by: str


@dataclass(frozen=True, kw_only=True)
class EventsPruned(Event):
    """Events older than `before` are going: told before they do, and itself kept for ever."""

    type = "journal.pruned"
    before: float
    """A midnight of the site's time zone, UTC epoch seconds."""
    calls: int
    events: int
    """Of these calls, and others."""
    by: str


@dataclass(frozen=True, kw_only=True)
class HoldChanged(CallEvent):
    """A legal hold: while it is in force, nothing of the call is deleted. The last one counts."""

    type = "call.hold"
    held: bool
    reason: str
    """Why it is held; empty when the hold is lifted."""
    by: str
