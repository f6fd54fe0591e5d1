"""`ivr calls`: the latest calls, one line each."""

import json
import sys
from dataclasses import asdict, fields
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.cli.options import format_option, journal_options
from ivr.journal import JournalReader
from ivr.journal.history import CallSummary, summarise
from ivr.journal.reading import known_events
from ivr.model.agents import QueueOutcome
from ivr.report.table import Cell
from ivr.report.texts import csv_text
from ivr.settings import Settings

COLUMNS = (
    "call",
    "started",
    "caller",
    "dialled",
    "flow",
    "queue",
    "wait",
    "agent",
    "talk",
    "disposition",
    "result",
)
CSV_COLUMNS = tuple(field.name for field in fields(CallSummary))
PLAIN_COLUMNS = 160


@click.command(short_help="Show the latest calls and what became of them.")
@click.option(
    "--last", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many calls."
)
@format_option("A table, one JSON object per line, or CSV.", "csv")
@journal_options
def command(settings: Settings, last: int, shape: str) -> None:
    """Show the latest calls and what became of them, latest last."""
    reader = JournalReader.open(settings.journal_url)
    try:
        entries = reader.last_calls(last)
    finally:
        reader.close()
    calls = [summarise(call, known_events(found)) for call, found in entries.items()]
    calls.reverse()
    if shape == "json":
        for call in calls:
            click.echo(json.dumps(asdict(call)))
    elif shape == "csv":
        for line in csv_text(CSV_COLUMNS, map(_csv_row, calls)):
            click.echo(line, nl=False)
    elif calls:
        show(_table(calls))
    else:
        click.echo("No calls yet.")


def _csv_row(call: CallSummary) -> list[Cell]:
    """UTC, as ISO 8601 has it; recordings by blanks."""
    row = asdict(call)
    row["started_at"] = datetime.fromtimestamp(call.started_at, UTC).isoformat(" ", "seconds")
    row["recordings"] = " ".join(call.recordings)
    return [row[name] for name in CSV_COLUMNS]


def show(table: Table) -> None:
    """Prints to where click prints; without a terminal wide enough that nothing is cut."""
    out = sys.stdout
    Console(file=out, width=None if out.isatty() else PLAIN_COLUMNS, highlight=False).print(table)


def cell(value: str) -> Text:
    """Text as it is: whatever a caller sent is neither markup nor terminal control."""
    return Text("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value))


def local_time(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _table(calls: list[CallSummary]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in COLUMNS:
        table.add_column(
            column,
            justify="right" if column in ("wait", "talk") else "left",
            no_wrap=column == "call",
        )
    for call in calls:
        table.add_row(
            cell(call.call),
            local_time(call.started_at),
            *(cell(text) for text in (call.caller, call.dialled, call.flow, call.queue)),
            _seconds(call.wait_s),
            cell(call.agent),
            _seconds(call.talk_s),
            cell(call.disposition),
            cell(_became(call)),
        )
    return table


def _became(call: CallSummary) -> str:
    """How it ended; callers who gave up waiting hang up too, and that is what matters of them."""
    gave_up = call.result != "open" and call.queue_outcome == QueueOutcome.ABANDONED
    return QueueOutcome.ABANDONED if gave_up else call.result


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} s"
