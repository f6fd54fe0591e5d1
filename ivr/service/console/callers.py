"""Who calls: the number of every call under way, out of the events that tell it."""

from collections.abc import Iterable
from itertools import islice

from ivr.model import events
from ivr.model.events import Event

CALLERS_MAX = 20_000
"""More than can be under way; the oldest are forgotten first."""


class Callers:
    """Learns from events, forgets with the end of the call."""

    def __init__(self, callers_max: int = CALLERS_MAX) -> None:
        self._max = callers_max
        self._numbers: dict[str, str] = {}

    def of(self, call: str) -> str:
        """Empty: withheld, or not known."""
        return self._numbers.get(call, "")

    def learn(self, history: Iterable[Event]) -> None:
        """What former servers wrote down of calls still under way."""
        for event in history:
            self.record(event)

    def record(self, event: Event) -> None:
        match event:
            case events.CallStarted(call=call, caller=caller):
                self._numbers[call] = caller
                if len(self._numbers) > self._max:
                    for oldest in list(islice(self._numbers, len(self._numbers) - self._max)):
                        del self._numbers[oldest]
            case events.CallEnded(call=call):
                self._numbers.pop(call, None)
