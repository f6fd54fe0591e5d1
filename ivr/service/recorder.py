"""One place for events: whoever wants to know of them listens behind it."""

from collections.abc import Sequence

from ivr.model.events import Event
from ivr.ports import Recorder


class FanOut:
    """Passes every event to all listeners, in order."""

    def __init__(self, listeners: Sequence[Recorder] = ()) -> None:
        self._listeners = list(listeners)

    def add(self, *listeners: Recorder) -> None:
        """After those there are."""
        self._listeners += listeners

    def record(self, event: Event) -> None:
        for listener in self._listeners:
            listener.record(event)
