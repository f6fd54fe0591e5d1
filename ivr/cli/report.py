"""`ivr report`: key figures of a period of history."""

import time
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

import click

from ivr.cli.dialplans import Dialplans
from ivr.cli.in_force import dialplans_to_run
from ivr.cli.options import history_options
from ivr.cli.reported import show_tables
from ivr.journal.stream import HistoryReader
from ivr.kpi import DEFAULT, SERVICE_LEVELS
from ivr.kpi.callers import REPEAT_DAYS
from ivr.kpi.periods import By
from ivr.model.errors import UserError
from ivr.model.events import CallStarted
from ivr.report.frame import frame
from ivr.report.history import History, event_types
from ivr.report.page import page
from ivr.report.plots import fine, plots
from ivr.report.reports import KINDS, Wanted, tables, topics
from ivr.report.span import Span, read_span
from ivr.report.texts import as_json, table_as_csv
from ivr.settings import Settings

ALL, INTERVALS = "all", "intervals"
REPORTS = (*KINDS, INTERVALS, ALL)
LATE_S = 86400.0
"""How long after the period is looked for the end of calls that began in it."""
SOON_S = 60.0
"""Events are recorded within this time of the moment they tell of."""


@click.command(short_help="Key figures of a period: queues, agents, flows, surveys, callers.")
@click.argument("name", type=click.Choice(REPORTS), metavar="REPORT")
@click.option("--from", "begin", default="", metavar="TIME", help="Default: today.")
@click.option("--to", "end", default="", metavar="TIME", help="Not included. Default: now.")
@click.option("--last", default="", metavar="LENGTH", help="Up to now instead: 12h, 7d, 4w.")
@click.option(
    "--by",
    type=click.Choice(["total", "interval", "hour", "day", "week"]),
    default="total",
    show_default=True,
    help="Cut into half hours (interval), hours, days, weeks (from Monday).",
)
@click.option("--compare", is_flag=True, help="With the period of the same length just before.")
@click.option(
    "--service-level",
    "formula",
    type=click.Choice(list(SERVICE_LEVELS)),
    default=DEFAULT,
    show_default=True,
    help="Formula of the service level shown; CSV and JSON have all.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "html"]),
    default="table",
    show_default=True,
)
@history_options
def command(
    settings: Settings,
    name: str,
    begin: str,
    end: str,
    last: str,
    by: By,
    compare: bool,
    formula: str,
    form: str,
) -> None:
    """Show REPORT: queues, agents, teams, flows, nodes, dispositions, surveys, callers; intervals
    (queues by half hour, for workforce tools); or all of them, as one page (--format html).

    TIME is 2026-11-27, '2026-11-27 08:00', today or yesterday, in the site's time zone. Every
    figure tells its formula; a dash means that there was nothing to count.
    """
    if name == ALL and form == "csv":
        raise UserError("CSV holds one table: name one report, e.g. `ivr report queues`")
    dialplans = dialplans_to_run(settings).dialplans
    names = list(KINDS) if name == ALL else ["queues" if name == INTERVALS else name]
    now, zone = time.time(), ZoneInfo(dialplans.site.timezone)
    span = read_span(begin, end, last, now, zone)
    by = "interval" if name == INTERVALS else by
    wanted = Wanted(span, by, dialplans.site, _success(dialplans), formula)
    reader = HistoryReader.open(settings.journal_url)
    try:
        histories = _collect(reader, names, wanted, span, now, drawn=form == "html")
        before = _collect(reader, names, wanted, span.before, now)[0] if compare else None
        notes = _notes(reader, span.before if compare else span)
    finally:
        reader.close()
    found = tables(names, wanted, histories[0], before)
    match form:
        case "csv":
            for line in table_as_csv(found[0]):
                click.echo(line, nl=False)
        case "json":
            click.echo(as_json(span, found, notes))
        case "html":
            title = "Report" if name == ALL else f"Report: {name}"
            click.echo(page(title, span, found, plots(names, wanted, histories[-1]), notes))
        case _:
            show_tables(span, found, notes)


def _success(dialplans: Dialplans) -> set[tuple[str, str]]:
    return {
        (flow, node)
        for flow, one in dialplans.flows.items()
        for node, spec in one.nodes.items()
        if spec.success
    }


def _collect(
    reader: HistoryReader,
    names: Sequence[str],
    wanted: Wanted,
    span: Span,
    now: float,
    *,
    drawn: bool = False,
) -> list[History]:
    """The history as the tables cut it and, if it is drawn, as the pictures do."""
    cuts = [wanted.by, fine(span)] if drawn else [wanted.by]
    wide = topics(names)
    histories = [History(frame(span, by), wide, wanted.site, wanted.success) for by in cuts]
    if "callers" in wide:
        for event in reader.events_from(span.begin - REPEAT_DAYS * 86400, [CallStarted.type]):
            if event.at >= span.begin:
                break
            for history in histories:
                history.callers.add(event)
    if "agents" in wide:
        states = reader.agent_states_at(span.begin)
        for history in histories:
            history.agents.begin_with(states)
    _read(reader, histories, event_types(wide), span)
    for history in histories:
        history.agents.close(min(now, span.end))
    return histories


def _read(
    reader: HistoryReader, histories: Sequence[History], types: Collection[str], span: Span
) -> None:
    """To the end of the span, and on until all that began in it is over."""
    for event in reader.events_from(span.begin, types):
        if event.at >= span.end + SOON_S and (
            event.at > span.end + LATE_S or not any(one.unfinished for one in histories)
        ):
            return
        for history in histories:
            history.add(event)


def _notes(reader: HistoryReader, earliest: Span) -> list[str]:
    """What to know before trusting the figures."""
    notes, begins_at = [], reader.begins_at()
    if begins_at is None:
        notes.append("The journal is empty.")
    elif begins_at > earliest.begin:
        notes.append(f"The journal begins at {earliest.told(begins_at)}.")
    if reader.unreadable:
        notes.append(f"{reader.unreadable} events of another version could not be read.")
    return notes
