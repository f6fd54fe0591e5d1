"""Recordings: were they made, and are they whole."""

from ivr.metrics.topic import Setup, Spec, Topic
from ivr.model.events import Event, RecordingFinished, RecordingPaused

RESULTS = ("ok", "empty", "short", "missing", "unverified")

REASONS = ("sensitive", "agent")

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


class RecordingsTopic(Topic):
    specs = (RECORDINGS, PAUSES)

    def __init__(self, setup: Setup) -> None:
        self._recordings = setup.counter(RECORDINGS, RESULTS)
        self._pauses = setup.counter(PAUSES, REASONS)

    def record(self, event: Event) -> None:
        if isinstance(event, RecordingFinished):
            self._recordings.of(event.result).inc()
        elif isinstance(event, RecordingPaused):
            self._pauses.of(event.reason).inc()
