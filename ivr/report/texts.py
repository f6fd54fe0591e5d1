"""A table as CSV, several as JSON."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ivr.kpi.formulas import told
from ivr.report.span import Span
from ivr.report.table import Cell, Column, Row, Table

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula."""
BEFORE = "_before"


class _Lines(list[str]):
    """What the CSV writer writes into."""

    def write(self, line: str) -> None:
        self.append(line)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Lines of CSV as RFC 4180 has it; no text in it is a formula for a spreadsheet."""
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
        yield from lines
        lines.clear()
    yield from lines


def table_as_csv(table: Table) -> Iterator[str]:
    """All columns; figures of the time before, when compared, end in `_before`."""
    names = [one.name for one in table.columns]
    compared = [] if table.before is None else [one.name for one in table.figures]
    rows = (
        [*(row.get(name) for name in names), *((before or {}).get(name) for name in compared)]
        for row, before in _pairs(table)
    )
    return csv_text([*names, *(name + BEFORE for name in compared)], rows)


def as_json(span: Span, tables: Sequence[Table], notes: Sequence[str]) -> str:
    """All columns with unit and formula, all rows, and the text of every formula."""
    formulas = {name for table in tables for name in table.formulas}
    compared = any(table.before is not None for table in tables)
    data = {
        "begin": span.told(span.begin),
        "end": span.told(span.end),
        "timezone": span.zone.key,
        "before": _span(span.before) if compared else None,
        "tables": [_table(table) for table in tables],
        "formulas": {name: told(name) for name in sorted(formulas)},
        "notes": list(notes),
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def _span(span: Span) -> dict[str, str]:
    return {"begin": span.told(span.begin), "end": span.told(span.end)}


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "columns": [_column(one) for one in table.columns],
        "rows": [
            {**row, **({"before": before} if table.before is not None else {})}
            for row, before in _pairs(table)
        ],
        "notes": list(table.notes),
    }


def _column(column: Column) -> dict[str, str]:
    formula = {"formula": column.formula} if column.formula else {}
    return {"name": column.name, "title": column.title, "unit": column.unit, **formula}


def _pairs(table: Table) -> Iterator[tuple[Row, Row | None]]:
    before = table.before if table.before is not None else [None] * len(table.rows)
    return zip(table.rows, before, strict=True)


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(DANGEROUS):
        return "'" + cell
    return round(cell, 6) if isinstance(cell, float) else cell
