"""Tables: columns that know their unit and formula, and rows of values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Cell = str | int | float | None
Unit = Literal["text", "count", "seconds", "share", "points", "mark"]
Row = Mapping[str, Cell]
"""Name of the column -> value. A share is from 0 to 1; points are 100 times a share."""


@dataclass(frozen=True)
class Column:
    name: str
    """In CSV and JSON; a unit comes last in it."""
    title: str
    unit: Unit = "count"
    formula: str = ""
    """Name in `FORMULAS`; empty: it is counted or measured."""
    detail: bool = False
    """Only where there is room: in CSV and JSON."""


@dataclass(frozen=True)
class Table:
    """`keys` of the columns say what a row is about; with periods, the first of them is `begin`."""

    name: str
    title: str
    keys: Sequence[Column]
    figures: Sequence[Column]
    rows: Sequence[Row]
    before: Sequence[Row | None] | None = None
    """For each row, the same of the time before; None without comparison."""
    notes: Sequence[str] = ()

    def only(self, key: str, names: Collection[str]) -> "Table":
        """Rows about these alone, if it has rows about such at all."""
        if key not in {one.name for one in self.keys}:
            return self
        places = [place for place, row in enumerate(self.rows) if row.get(key) in names]
        before = None if self.before is None else [self.before[place] for place in places]
        return replace(self, rows=[self.rows[place] for place in places], before=before)

    @property
    def columns(self) -> Sequence[Column]:
        return (*self.keys, *self.figures)

    @property
    def shown_columns(self) -> Sequence[Column]:
        """Those a reader sees at once."""
        return [one for one in self.columns if not one.detail]

    @property
    def formulas(self) -> Sequence[str]:
        """Names, each once, in the order of the columns."""
        return list(dict.fromkeys(one.formula for one in self.figures if one.formula))


def text(name: str, title: str = "", *, detail: bool = False) -> Column:
    return Column(name, title or name, "text", detail=detail)


def shown(column: Column, value: Cell) -> str:
    """The value in its unit; a dash when there is none."""
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, str):
        return value
    match column.unit:
        case "share":
            return f"{value * 100:.1f} %"
        case "points":
            return f"{value * 100:+.0f}"
        case "mark":
            return f"{value:.2f}"
        case "seconds":
            return duration(value)
    return f"{value:,.0f}".replace(",", " ")


def duration(seconds: float) -> str:
    """`7.3 s`, `2:05`, `11:02:05`."""
    if abs(seconds) < 60:
        return f"{seconds:.1f} s"
    whole = round(abs(seconds))
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{hours}:{minutes:02d}:{left:02d}" if hours else f"{sign}{minutes}:{left:02d}"


def change(column: Column, value: Cell, before: Cell) -> str:
    """How much it went up or down; empty where one of the two is missing or a text."""
    if isinstance(value, str) or isinstance(before, str) or value is None or before is None:
        return ""
    difference = value - before
    match column.unit:
        case "share":
            return f"{difference * 100:+.1f}"
        case "points":
            return f"{difference * 100:+.0f}"
        case "mark":
            return f"{difference:+.2f}"
        case "seconds":
            return ("" if difference < 0 else "+") + duration(difference)
    return f"{difference:+,.0f}".replace(",", " ")
