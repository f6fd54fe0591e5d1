"""Recordings: were they made, and are they whole."""

from ivr.metrics.topic import Setup, Spec, Topic
from ivr.model.events import Event, RecordingDeleted, RecordingFinished, RecordingPaused

RESULTS = ("ok", "empty", "short", "missing", "unverified")

REASONS = ("sensitive", "agent")

DELETIONS = ("retention",)

RECORDINGS = Spec(
    "recordings_total",
    "counter",
    ("result",),
    "Recordings checked after the call: ok, empty, short (duration off), missing, unverified.",
)

PAUSES = Spec(
    "recording_pauses_total",
    "counter",
    ("reason",),
    "Recordings made silent for private data: by a sensitive node, or by an agent.",
)


DELETED = Spec(
    "recordings_deleted_total",
    "counter",
    ("reason",),
    "Recordings deleted, by why: older than the site keeps them (retention).",
)


class RecordingsTopic(Topic):
    specs = (RECORDINGS, PAUSES, DELETED)

    def __init__(self, setup: Setup) -> None:
        self._recordings = setup.counter(RECORDINGS, RESULTS)
        self._pauses = setup.counter(PAUSES, REASONS)
        self._deleted = setup.counter(DELETED, DELETIONS)

    def record(self, event: Event) -> None:
        if isinstance(event, RecordingFinished):
            self._recordings.of(event.result).inc()
        elif isinstance(event, RecordingPaused):
            self._pauses.of(event.reason).inc()
        elif isinstance(event, RecordingDeleted):
            self._deleted.of(event.reason).inc()
