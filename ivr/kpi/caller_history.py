"""Who calls, and who calls again, told from events.

Holds one moment for each caller of the last days, and no event.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from ivr.kpi.callers import REPEAT_DAYS
from ivr.kpi.periods import Periods
from ivr.model.events import CallStarted, Event

REPEAT_S = REPEAT_DAYS * 86400
"""Calls before the first period count as earlier ones: the record has to begin so much earlier."""


@dataclass
class CallerFigures:
    """Calls that began in one period."""

    calls: int = 0
    unknown: int = 0
    """Calls without a number."""
    callers: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    """Those of them who had called within the days before."""


class CallerHistory:
    """Takes events in the order of the journal."""

    def __init__(self, periods: Periods) -> None:
        self._periods = periods
        self.figures: defaultdict[int, CallerFigures] = defaultdict(CallerFigures)
        """By number of the period."""
        self._latest: dict[str, float] = {}

    def add(self, event: Event) -> None:
        if not isinstance(event, CallStarted):
            return
        number = self._periods.index(event.at)
        before = self._latest.get(event.caller)
        if event.caller:
            self._latest[event.caller] = event.at
        if number is None:
            return
        figures = self.figures[number]
        figures.calls += 1
        if not event.caller:
            figures.unknown += 1
            return
        figures.callers.add(event.caller)
        if before is not None and event.at - before <= REPEAT_S:
            figures.returned.add(event.caller)
