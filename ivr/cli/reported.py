"""What `ivr report` shows in a terminal: tables, and what their formulas say."""

from collections.abc import Sequence

import click
from rich.table import Table as Grid
from rich.text import Text

from ivr.cli.calls import cell, show
from ivr.kpi.formulas import told
from ivr.report.span import Span
from ivr.report.table import Column, Row, Table, change, shown


def show_tables(span: Span, tables: Sequence[Table], notes: Sequence[str]) -> None:
    """Each with its notes; the formulas once, at the end."""
    compared = any(table.before is not None for table in tables)
    against = f"; in brackets the change from {span.before}" if compared else ""
    click.echo(f"{span}{against}")
    for note in notes:
        click.echo(note)
    for table in tables:
        click.echo(f"\n{table.title}")
        if table.rows:
            show(_grid(table))
        else:
            click.echo("Nothing in this time.")
        for note in table.notes:
            click.echo(note)
    columns = [one for table in tables for one in table.shown_columns if one.formula]
    lines = {f"{one.title}* = {one.formula}: {told(one.formula)}": None for one in columns}
    if lines:
        click.echo()
    for line in lines:
        click.echo(line)


def _grid(table: Table) -> Grid:
    grid = Grid(box=None, pad_edge=False)
    for column in table.shown_columns:
        grid.add_column(
            column.title + ("*" if column.formula else ""),
            justify="left" if column.unit == "text" else "right",
        )
    before = table.before if table.before is not None else [None] * len(table.rows)
    for row, earlier in zip(table.rows, before, strict=True):
        grid.add_row(*(_cell(column, row, earlier) for column in table.shown_columns))
    return grid


def _cell(column: Column, row: Row, before: Row | None) -> Text:
    value = row.get(column.name)
    text = cell(shown(column, value))
    if moved := change(column, value, (before or {}).get(column.name)):
        text.append(f" ({moved})", style="dim")
    return text
