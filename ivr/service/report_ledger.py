"""What is on record of scheduled reports: which was handed over, which is still due. Pure."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ivr.model import events
from ivr.model.events import Event

SETTLED_MAX = 100
"""So many are remembered, for when the clock is wrong for a while."""


class Schedule(Protocol):
    @property
    def schedule(self) -> str: ...
    @property
    def retry_after_s(self) -> float: ...


@dataclass(frozen=True)
class Pending:
    """Due, and neither handed over nor given up."""

    due: float
    attempts: int
    failed_at: float | None
    """None: it was begun, and nobody knows what came of it."""


@dataclass
class _Line:
    schedule: str
    settled: list[float]
    """Everything due up to the last of them is over and done with."""
    pending: Pending | None = None


class Ledger:
    """Made from the events about reports; whoever reads the same ones knows the same."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    def learn(self, history: Iterable[Event]) -> None:
        """In order."""
        for event in history:
            self.note(event)

    def note(self, event: Event) -> None:
        match event:
            case events.ReportScheduled():
                self._lines[event.report] = _Line(event.schedule, [event.at])
            case events.ReportStarted():
                self._line(event.report).pending = Pending(event.due, event.attempt, None)
            case events.ReportFailed(final=False):
                self._line(event.report).pending = Pending(event.due, event.attempt, event.at)
            case events.ReportFailed() | events.ReportSent():
                line = self._line(event.report)
                line.settled, line.pending = [*line.settled[-SETTLED_MAX:], event.due], None

    def missing(self, wanted: Mapping[str, Schedule]) -> list[str]:
        """Reports that are new, or due at other times than what is on record."""
        return [
            name
            for name, one in wanted.items()
            if name not in self._lines or self._lines[name].schedule != one.schedule
        ]

    def gone(self, wanted: Container[str]) -> list[str]:
        """Reports that are on record as due, and wanted no more."""
        return [name for name, line in self._lines.items() if line.schedule and name not in wanted]

    def settled(self, report: str, now: float) -> float:
        """What is later than now was due by a clock that went wrong, and counts for nothing."""
        known = self._lines[report].settled
        return max((due for due in known if due <= now), default=float("-inf"))

    def pending(self, report: str, now: float) -> Pending | None:
        """None for one due later than now, see `settled`."""
        pending = self._lines[report].pending
        return pending if pending and pending.due <= now else None

    def _line(self, report: str) -> _Line:
        return self._lines.setdefault(report, _Line("", []))
