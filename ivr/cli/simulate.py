"""`ivr simulate`: a day of traffic in seconds, over the routing core that serves live calls."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

import click

from ivr.cli.calls import show
from ivr.cli.options import format_option, journal_options
from ivr.cli.simulated import as_json, comparison_table, summary_tables
from ivr.document import DocumentError, load_document
from ivr.journal import JournalReader
from ivr.journal.reading import known_events
from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.settings import Settings
from ivr.simulate import theory
from ivr.simulate.compare import compare
from ivr.simulate.page import page
from ivr.simulate.profile import Profile, scenario_text
from ivr.simulate.reading import check_scenario, read_scenario, with_settings
from ivr.simulate.runs import Runs, replicate
from ivr.simulate.scenario import Scenario
from ivr.site import load_site

FILE_BYTES_MAX = 4_000_000
THEORY_HOURS, THEORY_HOURS_TWO_SKILLS, THEORY_REPLICATIONS = 50, 200, 10
BEGIN = "%Y-%m-%d %H:%M"
MOMENT = click.DateTime(["%Y-%m-%d", BEGIN])
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(short_help="Try traffic and staffing on the real routing core, in virtual time.")
def command() -> None:
    """Try traffic, staffing and routing policies in virtual time.

    What decides here who talks to whom is the routing core that serves live calls.
    """


@command.command("run", short_help="Simulate a scenario; perhaps compare two policies.")
@click.argument("scenario_file", type=FILE, metavar="SCENARIO")
@click.option("--compare", "other", type=FILE, help="Another site file: the second policy.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A value of the site that the second policy changes, e.g. "
    "queues.sales.strategy=best_skilled. May be given several times.",
)
@click.option("--replications", type=click.IntRange(1, 1000), help="Instead of the scenario's.")
@click.option("--seed", type=click.IntRange(0), help="Instead of the scenario's.")
@click.option("--html", type=FILE, help="Write tables and plots as one page that needs no network.")
@format_option("A table, or JSON with the value of every replication.")
def run(
    scenario_file: Path,
    other: Path | None,
    settings: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    html: Path | None,
    shape: str,
) -> None:
    """Simulate SCENARIO and show what callers and agents would have met.

    The same scenario and seed give the same output, byte for byte. With --compare or --set a
    second policy meets the very same callers, and the differences are judged.
    """
    read = read_scenario(_text(scenario_file), str(scenario_file))
    changes = {"replications": replications, "seed": seed}
    scenario = read.scenario.model_copy(
        update={key: value for key, value in changes.items() if value is not None}
    )
    site_file = scenario_file.parent / scenario.site
    site = load_site(_text(site_file), str(site_file))
    check_scenario(read, site)
    policies = [("as it is", site)]
    if other is not None or settings:
        changed = _second(other or site_file, settings)
        check_scenario(read, changed)
        policies.append((_name(other, settings), changed))
    runs = [_replicate(name, one, scenario) for name, one in policies]
    differences = compare(*runs) if len(runs) == 2 else []
    if shape == "json":
        click.echo(as_json(runs, differences))
    else:
        for one in runs:
            for table in summary_tables(one):
                show(table)
        if differences:
            show(comparison_table(runs, differences))
    if html is not None:
        _write(html, page(scenario_file.stem, runs, differences))


@command.command("theory", short_help="Hold the simulation against Erlang's formulas.")
def hold_against_theory() -> None:
    """Print the table of docs/reference/simulation.md; takes some minutes.

    Exits with 1 when a formula's value lies outside of what was simulated.
    """
    lines = []
    with _progress("cases", len(theory.LOADS) * 5) as step:
        for line in theory.one_skill(THEORY_HOURS, THEORY_REPLICATIONS):
            lines.append(line)
            step()
        lines.append(theory.two_skills(THEORY_HOURS_TWO_SKILLS, THEORY_REPLICATIONS))
    click.echo(theory.table(lines))
    if not all(line.holds for line in lines):
        raise SystemExit(1)


@command.command("profile", short_help="Make a scenario out of the journal.")
@click.option("--since", type=MOMENT, required=True, help="In the site's time zone.")
@click.option("--until", type=MOMENT, required=True, help="In the site's time zone.")
@click.option(
    "--site",
    "site_file",
    type=FILE,
    default=Path("dialplans/site.yaml"),
    show_default=True,
    help="The scenario names it; its path there has to lead from the scenario to it.",
)
@journal_options
def profile(settings: Settings, since: datetime, until: datetime, site_file: Path) -> None:
    """Print a scenario with the traffic of a period, as the journal holds it.

    Calls per half hour and queue, talk times, and patience: who was answered tells only for how
    long at least they would have waited.
    """
    zone = ZoneInfo(load_site(_text(site_file), str(site_file)).timezone)
    begin, end = (moment.replace(tzinfo=zone).timestamp() for moment in (since, until))
    if end <= begin:
        raise UserError("--until has to be later than --since")
    collected = Profile(begin, end)
    reader = JournalReader.open(settings.journal_url)
    try:
        after = 0
        while entries := reader.entries_after(after):
            after = entries[-1].id
            for event in known_events(entries):
                collected.add(event)
    finally:
        reader.close()
    if not collected.queues:
        raise UserError("no call entered a queue in that time; `ivr calls` shows the latest")
    click.echo(scenario_text(collected, str(site_file), since.strftime(BEGIN)), nl=False)


def _second(site_file: Path, settings: tuple[str, ...]) -> Site:
    """The second policy's site."""
    document = load_document(_text(site_file), str(site_file))
    changes = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UserError(f"--set {setting!r} has no `=`; write KEY=VALUE")
        if key in changes:
            raise UserError(f"--set {key} is given twice; which value shall it have?")
        changes[key] = value
    read = with_settings(document, changes)
    if read.site is None or read.problems:
        raise DocumentError(read.problems)
    return read.site


def _name(other: Path | None, settings: tuple[str, ...]) -> str:
    return ", ".join([*([str(other)] if other else []), *settings])


def _replicate(name: str, site: Site, scenario: Scenario) -> Runs:
    began = process_time()
    with _progress(name, scenario.replications) as step:
        runs = replicate(name, site, scenario, lambda _done, _of: step())
    calls = sum(one.calls for one in runs.summaries)
    per_s = calls / max(process_time() - began, 1e-9)
    click.echo(f"{name}: {calls} calls, {per_s:.0f} per second of CPU", err=True)
    return runs


@contextmanager
def _progress(label: str, length: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr, when that is a terminal."""
    with click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        yield lambda: bar.update(1)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise UserError(f"{path} is larger than {FILE_BYTES_MAX} bytes")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text; save it as UTF-8") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
