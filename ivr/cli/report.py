"""`ivr report`: key figures of a period of history."""

import asyncio
import time
from typing import Literal
from zoneinfo import ZoneInfo

import click

from ivr.cli.in_force import dialplans_to_run
from ivr.cli.options import history_options
from ivr.cli.reported import show_tables
from ivr.journal.reporting import Asked, make, successes
from ivr.journal.stream import HistoryReader
from ivr.kpi import DEFAULT, SERVICE_LEVELS
from ivr.kpi.periods import By
from ivr.model.errors import UserError
from ivr.report.reports import ALL, REPORTS
from ivr.report.span import read_span
from ivr.service.clock import SystemClock
from ivr.service.scheduled import FailedError
from ivr.settings import Settings
from ivr.wiring.reports import delivery_of


@click.command(short_help="Key figures of a period: queues, agents, flows, surveys, callers.")
@click.argument("name", type=click.Choice(REPORTS), metavar="[REPORT]", required=False)
@click.option(
    "--scheduled", default="", metavar="NAME", help="Make and send this one of the site now."
)
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
    name: str | None,
    scheduled: str,
    begin: str,
    end: str,
    last: str,
    by: By,
    compare: bool,
    formula: str,
    form: Literal["table", "csv", "json", "html"],
) -> None:
    """Show REPORT: queues, agents, teams, flows, nodes, dispositions, surveys, callers; intervals
    (queues by half hour, for workforce tools); or all of them, as one page (--format html).

    TIME is 2026-11-27, '2026-11-27 08:00', today or yesterday, in the site's time zone. Every
    figure tells its formula; a dash means that there was nothing to count.

    With --scheduled NAME alone: one of `reports` in the site file, as if it was due now. It is not
    on record, and the server makes the next one all the same.
    """
    if (name is None) == (scheduled == ""):
        raise click.UsageError("name a REPORT, or one of the site's with --scheduled NAME")
    if scheduled:
        click.echo(_hand_over(settings, scheduled))
        return
    if name == ALL and form == "csv":
        raise UserError("CSV holds one table: name one report, e.g. `ivr report queues`")
    dialplans = dialplans_to_run(settings).dialplans
    now, zone = time.time(), ZoneInfo(dialplans.site.timezone)
    span = read_span(begin, end, last, now, zone)
    asked = Asked(str(name), span, by, compare, formula, drawn=form == "html")
    reader = HistoryReader.open(settings.journal_url)
    try:
        made = make(reader, asked, dialplans.site, successes(dialplans.flows), now)
    finally:
        reader.close()
    if form == "table":
        show_tables(made.span, made.tables, made.notes)
    else:
        for note in made.notes if form == "csv" else ():
            click.echo(note, err=True)
        click.echo(made.text(form), nl=False)


def _hand_over(settings: Settings, scheduled: str) -> str:
    """Makes, writes and sends it; says where it went."""
    dialplans = dialplans_to_run(settings).dialplans
    site, clock = dialplans.site, SystemClock()
    if scheduled not in site.reports:
        known = ", ".join(site.reports) or "none"
        raise UserError(f"the site has no report {scheduled!r}; it has: {known}")
    HistoryReader.open(settings.journal_url).close()
    delivery = delivery_of(settings, lambda: site, lambda: dialplans.flows, clock)

    async def nothing() -> None:
        """Nobody takes notes."""

    try:
        done = asyncio.run(delivery.deliver(scheduled, clock.now(), nothing))
    except FailedError as error:
        raise UserError(f"report {scheduled}: {error}") from error
    parts = [f"written to {done.file}"] if done.file else []
    parts += [f"sent to {done.recipients}"] if site.reports[scheduled].email else []
    parts += [f"refused for {done.refused}"] if done.refused else []
    return f"report {scheduled}: " + ", ".join(parts)
