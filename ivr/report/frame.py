"""The periods of a report as the first columns of its tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.kpi.periods import By, Periods, cut
from ivr.report.span import Span
from ivr.report.table import Column, Row, Table, text

Lines = Mapping[tuple[int | str, ...], Row]
"""Number of the period and what else a row is about -> its figures."""


@dataclass(frozen=True)
class Frame:
    """One span, cut."""

    span: Span
    by: By
    periods: Periods

    @property
    def keys(self) -> Sequence[Column]:
        if self.by == "total":
            return ()
        return (text("begin"), text("utc_offset", detail=True))

    @property
    def numbers(self) -> range:
        return range(len(self.periods.starts))

    def label(self, number: int) -> Row:
        """When the period begins, as local time."""
        if self.by == "total":
            return {}
        begin = datetime.fromtimestamp(self.periods.starts[number], self.span.zone)
        offset = begin.strftime("%z")
        return {
            "begin": begin.strftime("%Y-%m-%d %H:%M"),
            "utc_offset": f"UTC{offset[:3]}:{offset[3:5]}",
        }


def frame(span: Span, by: By) -> Frame:
    return Frame(span, by, cut(span.begin, span.end, by, span.zone))


@dataclass(frozen=True)
class Shape:
    """A table without its rows. `keys` are the names in a line's key, after the period."""

    name: str
    title: str
    keys: Sequence[Column]
    figures: Sequence[Column]
    notes: Sequence[str] = ()


def fill(shape: Shape, of: Frame, lines: Lines, before: Lines | None) -> Table:
    """The table; periods of the time before are those of the same number."""
    rows = [
        {
            **of.label(int(key[0])),
            **{column.name: part for column, part in zip(shape.keys, key[1:], strict=True)},
            **row,
        }
        for key, row in lines.items()
    ]
    return Table(
        shape.name,
        shape.title,
        (*of.keys, *shape.keys),
        shape.figures,
        rows,
        None if before is None else [before.get(key) for key in lines],
        shape.notes,
    )


def each(
    of: Frame, names: Iterable[str], row: Callable[[int, str], Row]
) -> dict[tuple[int | str, ...], Row]:
    """A line for every period and name."""
    names = list(names)
    return {(number, name): row(number, name) for number in of.numbers for name in names}
