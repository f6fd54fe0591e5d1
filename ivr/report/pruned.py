"""Days whose events are deleted: of them nothing is told but how many calls there were."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from ivr.report.span import Span
from ivr.report.table import Column, Table, text


@dataclass(frozen=True)
class PrunedDay:
    """A day of the site's time zone; what was deleted of it, counted before."""

    day: str
    """As 2026-11-27."""
    calls: int
    answered: int
    """Talked to an agent."""
    abandoned: int
    """Hung up while waiting, at last."""
    events: int


@dataclass(frozen=True)
class Pruned:
    """What is known of the time before `before`, the end of all that was deleted."""

    before: float = 0.0
    days: Sequence[PrunedDay] = ()

    def rest(self, span: Span) -> Span | None:
        """The part of a span whose events are there; None: no part of it."""
        if self.before >= span.end:
            return None
        return replace(span, begin=max(span.begin, self.before))

    def note(self, span: Span) -> str:
        """What to know of this span; empty: nothing of it was deleted."""
        if span.begin >= self.before:
            return ""
        calls = sum(day.calls for day in self.days)
        among = f", {calls} calls of this time among them" if calls else ""
        left = "only later ones are counted" if self.before < span.end else "nothing is left of it"
        return (
            f"The events of before {span.told(self.before)} were deleted, as `retention` in the "
            f"site says{among}: {left}."
        )

    def tables(self) -> list[Table]:
        """The days, if there are any."""
        if not self.days:
            return []
        rows = [asdict(day) for day in self.days]
        return [Table("pruned", "Deleted days", [text("day")], FIGURES, rows, None, NOTES)]


FIGURES = (
    Column("calls", "calls"),
    Column("answered", "talked to an agent"),
    Column("abandoned", "abandoned"),
    Column("events", "deleted events", detail=True),
)
NOTES = (
    "Counted when their events were deleted, by the day on which a call began. Calls on hold or "
    "with a recording are still there and not in these numbers.",
)
