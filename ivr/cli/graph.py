"""`ivr graph`: a flow as a picture."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from ivr.cli.dialplans import load_dialplans
from ivr.cli.options import journal_options, write_output
from ivr.document import suggest
from ivr.journal import JournalReader
from ivr.model.errors import UserError
from ivr.model.units import parse_duration
from ivr.picture import chart_of, mermaid, svg
from ivr.picture.chart import Counts
from ivr.settings import Settings

DAYS_MAX = 3660


@click.command(short_help="Draw a flow.")
@click.argument("flow", default="company")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["svg", "mermaid"]),
    default="svg",
    show_default=True,
    help="A picture that needs no network, or text for pages that draw it.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; standard output when left out.",
)
@click.option(
    "--since",
    metavar="TIME",
    help="Show how often callers took each exit in the time past, e.g. 7d, 12h: from the journal.",
)
@click.option(
    "--dialplans",
    default="dialplans",
    show_default=True,
    envvar="IVR_DIALPLANS",
    show_envvar=True,
    type=click.Path(path_type=Path, file_okay=False),
)
@journal_options
def command(
    settings: Settings,
    flow: str,
    shape: str,
    output: Path | None,
    since: str | None,
    dialplans: Path,
) -> None:
    """Draw FLOW: its nodes, their exits, and where they lead."""
    flows = load_dialplans(dialplans).flows
    if flow not in flows:
        raise UserError(f"there is no flow {flow!r} ({suggest(flow, flows)})")
    counts = None if since is None else _counts(settings, flow, since)
    chart = chart_of(flows[flow], counts)
    picture = mermaid(chart) if shape == "mermaid" else svg(chart)
    if output is None:
        click.echo(picture, nl=False)
    else:
        write_output(output, picture)


def _counts(settings: Settings, flow: str, since: str) -> Counts:
    begin = datetime.now(UTC) - _span(since)
    reader = JournalReader.open(settings.journal_url)
    try:
        return reader.exits_taken(flow, begin.timestamp())
    finally:
        reader.close()


def _span(text: str) -> timedelta:
    """A duration, which may also be in days."""
    if text[:-1].isdecimal() and text.endswith("d") and int(text[:-1]) <= DAYS_MAX:
        return timedelta(days=int(text[:-1]))
    try:
        return timedelta(seconds=min(parse_duration(text), DAYS_MAX * 86400.0))
    except ValueError:
        raise UserError(f"--since {text!r} is no time past; write for example 7d or 12h") from None
