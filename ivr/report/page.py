"""A report as one HTML page: tables, plots, and what every formula says."""

from collections.abc import Sequence
from html import escape

from ivr.kpi.formulas import told
from ivr.picture.page import html_page
from ivr.report.span import Span
from ivr.report.table import Column, Row, Table, change, shown

Plots = Sequence[tuple[str, str]]
"""Title and SVG of each."""


def page(
    title: str, span: Span, tables: Sequence[Table], plots: Plots, notes: Sequence[str]
) -> str:
    """The whole page; everything from outside is shown as text."""
    compared = any(table.before is not None for table in tables)
    against = f"; in small print: the change from {span.before}" if compared else ""
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p class=note>{escape(str(span) + against)}</p>",
        *(f"<p class=note>{escape(note)}</p>" for note in notes),
    ]
    for heading, plot in plots:
        parts += [f"<h2>{escape(heading)}</h2>", plot]
    for table in tables:
        parts += [f"<h2>{escape(table.title)}</h2>", _table(table)]
        parts += [f"<p class=note>{escape(note)}</p>" for note in table.notes]
    parts.append(_formulas(tables))
    return html_page(title, "\n".join(parts))


def _table(table: Table) -> str:
    if not table.rows:
        return "<p>Nothing in this time.</p>"
    columns = table.shown_columns
    head = "".join(f"<th{_side(one)}>{escape(one.title)}{_mark(one)}</th>" for one in columns)
    before = table.before if table.before is not None else [None] * len(table.rows)
    rows = "\n".join(
        "<tr>" + "".join(_cell(one, row, earlier) for one in columns) + "</tr>"
        for row, earlier in zip(table.rows, before, strict=True)
    )
    return f'<div class="wide"><table>\n<tr>{head}</tr>\n{rows}\n</table></div>'


def _cell(column: Column, row: Row, before: Row | None) -> str:
    value = row.get(column.name)
    moved = change(column, value, (before or {}).get(column.name))
    small = f' <span class="note">{escape(moved)}</span>' if moved else ""
    return f"<td{_side(column)}>{escape(shown(column, value))}{small}</td>"


def _side(column: Column) -> str:
    return " class=left" if column.unit == "text" else ""


def _mark(column: Column) -> str:
    """The formula's name, broken where it may be."""
    name = escape(column.formula).replace("_", "_<wbr>")
    return f'<br><span class="note">{name}</span>' if name else ""


def _formulas(tables: Sequence[Table]) -> str:
    names = dict.fromkeys(
        one.formula for table in tables for one in table.shown_columns if one.formula
    )
    lines = "\n".join(f"<dt>{escape(one)}</dt><dd>{escape(told(one))}</dd>" for one in names)
    return f"<h2>Formulas</h2>\n<dl class=note>\n{lines}\n</dl>" if names else ""
