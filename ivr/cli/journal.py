"""`ivr journal`: whether the journal tells what Asterisk saw; its tables of calls made anew."""

import json
import time
from dataclasses import asdict
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from ivr.cli.calls import cell, show
from ivr.cli.in_force import dialplans_to_run
from ivr.cli.options import format_option, history_options
from ivr.journal import database
from ivr.journal.cel import CelReader
from ivr.journal.projector import Projector
from ivr.journal.stream import HistoryReader
from ivr.kpi.cross_check import TOLERANCE_S, Checked, Difference, cross_check
from ivr.kpi.told import record_of
from ivr.model.errors import UserError
from ivr.model.events import EVENT_TYPES
from ivr.provision.paths import paths_of
from ivr.report.span import Span, read_span
from ivr.settings import Settings

MARGIN_S = 86400.0
"""Read before and after the time asked for: calls that began before, or end later."""


@click.group(short_help="Hold the journal against Asterisk's record; rebuild tables.")
def command() -> None:
    """The journal is the record of calls; Asterisk keeps another, independent one (CEL). Tables of
    calls are made from the journal's events."""


@command.command()
@history_options
def rebuild(settings: Settings) -> None:
    """Make the tables `calls` and `queue_legs` anew from the events; the server may run.

    The server keeps them up to date by itself. This mends rows that something else has changed, and
    leaves all others as they were.
    """
    HistoryReader.open(settings.journal_url).close()  # no journal is begun here
    engine = database.open_engine(settings.journal_url)
    begun, done = time.monotonic(), 0
    try:
        database.migrate(engine)
        with Progress(console=Console(stderr=True), transient=True) as shown:
            bar = shown.add_task("calls", total=None)
            for progress in Projector(engine).rebuild(time.time()):
                done = progress.done
                shown.update(bar, completed=done, total=progress.total)
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise UserError(
            f"the journal's database failed after {done} calls: {cause}; what is done is whole, "
            "begin again when it is back"
        ) from error
    finally:
        engine.dispose()
    click.echo(f"{done} calls made anew in {time.monotonic() - begun:.1f} s")


@command.command()
@click.option("--from", "begin", default="", metavar="TIME", help="Default: today.")
@click.option("--to", "end", default="", metavar="TIME", help="Not included. Default: now.")
@click.option("--last", default="", metavar="LENGTH", help="Up to now instead: 12h, 7d, 4w.")
@click.option(
    "--tolerance",
    default=TOLERANCE_S,
    show_default=True,
    type=click.FloatRange(0.1, 60.0),
    help="Seconds by which two times may differ.",
)
@format_option("A table to read, or one JSON object.")
@history_options
def verify(
    settings: Settings, begin: str, end: str, last: str, tolerance: float, shape: str
) -> None:
    """Compare calls, conversations and their times; exit code 1 when something differs.

    What had to differ, because the server or its link was away, is told with that reason and does
    not count.
    """
    now = time.time()
    zone = ZoneInfo(dialplans_to_run(settings).dialplans.site.timezone)
    span = read_span(begin, end, last, now, zone)
    file = paths_of(settings).cel
    cel = CelReader(file)
    first = cel.begins_at()
    if first is None:
        raise UserError(
            f"Asterisk has no record of channels at {file}; it begins when Asterisk starts with "
            "the configuration of this version, and with the first call"
        )
    reader = HistoryReader.open(settings.journal_url)
    try:
        since, until = span.begin - MARGIN_S, span.end + MARGIN_S
        history = (
            event for event in reader.events_from(since, EVENT_TYPES) if since <= event.at < until
        )
        record = record_of(history, now)
        pruned = reader.pruned_before()
    finally:
        reader.close()
    checked = cross_check(
        record,
        cel.events(since, until),
        max(span.begin, first, pruned),
        min(span.end, now - tolerance),
        tolerance,
    )
    notes = _notes(span, first, pruned, cel.unreadable, reader.unreadable)
    if shape == "json":
        click.echo(json.dumps(_as_json(span, checked, notes), indent=2))
    else:
        _tell(span, checked, notes)
    if checked.unexplained:
        raise SystemExit(1)


def _notes(span: Span, first: float, pruned: float, lines: int, entries: int) -> list[str]:
    notes = []
    if pruned > span.begin:
        notes.append(f"Events of before {span.told(pruned)} were deleted: compared from there on.")
    if first > span.begin:
        notes.append(f"Asterisk's record begins at {span.told(first)}: compared from there on.")
    if lines:
        notes.append(f"{lines} lines of Asterisk's record could not be read.")
    if entries:
        notes.append(f"{entries} events of another version could not be read.")
    return notes


def _as_json(span: Span, checked: Checked, notes: list[str]) -> dict[str, object]:
    return {
        "from": span.begin,
        "to": span.end,
        "calls": checked.calls,
        "conversations": checked.talks,
        "unexplained": len(checked.unexplained),
        "differences": [asdict(one) for one in checked.differences],
        "notes": notes,
    }


def _tell(span: Span, checked: Checked, notes: list[str]) -> None:
    click.echo(str(span))
    for note in notes:
        click.echo(note)
    if checked.differences:
        table = Table("at", "difference", "call", "channel", "what", "because", box=None)
        for one in checked.differences:
            table.add_row(*(cell(word) for word in _words(span, one)))
        show(table)
    wrong = len(checked.unexplained)
    explained = len(checked.differences) - wrong
    also = f"; {explained} explained by an absence" if explained else ""
    click.echo(
        f"calls {checked.calls}, conversations {checked.talks}: "
        f"{wrong or 'no'} difference{'' if wrong == 1 else 's'}{also}"
    )


def _words(span: Span, one: Difference) -> tuple[str, ...]:
    return (span.told(one.at), one.kind, one.call, one.channel, one.what, one.because)
