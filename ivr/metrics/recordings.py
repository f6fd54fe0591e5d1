"""Recordings: were they made, and are they whole."""

from ivr.metrics.topic import Setup, Spec, Topic
from ivr.model.events import Event, RecordingFinished

RESULTS = ("ok", "empty", "short", "missing", "unverified")

RECORDINGS = Spec(
    "recordings_total",
    "counter",
    ("result",),
    "Recordings checked after the call: ok, empty, short (duration off), missing, unverified.",
)


class RecordingsTopic(Topic):
    specs = (RECORDINGS,)

    def __init__(self, setup: Setup) -> None:
        self._recordings = setup.counter(RECORDINGS, RESULTS)

    def record(self, event: Event) -> None:
        if isinstance(event, RecordingFinished):
            self._recordings.of(event.result).inc()
