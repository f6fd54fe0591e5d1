"""`ivr test`: runs the flow tests that lie beside the flows."""

import asyncio
from pathlib import Path
from time import perf_counter

import click

from ivr.cli.dialplans import TESTS_SUFFIX, load_dialplans, read_text
from ivr.cli.options import directory_options, format_option, write_output
from ivr.document import DocumentError, Problem
from ivr.model.errors import UserError
from ivr.site.calendars import SiteCalendars
from ivr.testing.coverage import coverage
from ivr.testing.expectations import problems
from ivr.testing.loading import load_suite
from ivr.testing.report import Report, Result, as_json, as_junit, as_text, unreadable_as_json
from ivr.testing.run import World, play
from ivr.testing.suite import Suite
from ivr.testing.trace import EventList


@click.command(short_help="Run the flow tests.")
@directory_options
@click.option(
    "--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML there."
)
@click.option(
    "--coverage-min",
    type=click.FloatRange(0, 100),
    default=0.0,
    show_default=True,
    help="Percent of nodes and of exits every flow's tests must reach.",
)
@format_option("json: every test and its problems, for editors and scripts.")
def command(directory: Path, junit: Path | None, coverage_min: float, shape: str) -> None:
    """Run the flow tests (*.test.yaml) in DIRECTORY; exits with 1 when one fails, or when there is
    anything for `ivr check` to tell."""
    try:
        report = run_tests(directory, coverage_min)
    except DocumentError as error:
        if shape == "json":
            click.echo(unreadable_as_json(error.problems))
            raise click.exceptions.Exit(1) from None
        raise
    if junit is not None:
        write_output(junit, as_junit(report.results))
    click.echo(as_json(report) if shape == "json" else as_text(report))
    if not report.passed:
        raise click.exceptions.Exit(1)


def run_tests(directory: Path, coverage_min: float = 0.0) -> Report:
    """Runs every test in the directory. Raises UserError when it cannot be read or is wrong."""
    world = load_world(directory)
    suites = _load_suites(directory, world)
    results, traces = asyncio.run(_run(world, suites))
    return Report(tuple(results), tuple(coverage(world.flows, traces)), coverage_min)


def load_world(directory: Path) -> World:
    """Site, flows and calendars of a dialplans directory."""
    plans = load_dialplans(directory)
    return World(plans.site, plans.flows, SiteCalendars(plans.site))


def _load_suites(directory: Path, world: World) -> list[Suite]:
    """All test files, or one UserError that holds the problems of all."""
    suites: list[Suite] = []
    found: list[Problem] = []
    for file in sorted(directory.glob(f"*{TESTS_SUFFIX}")):
        text = read_text(file, found)
        try:
            suites += [] if text is None else [load_suite(text, str(file), world.site, world.flows)]
        except DocumentError as error:
            found += error.problems
    if found:
        raise DocumentError(found)
    if not suites:
        raise UserError(f"{directory}: no tests; write one, for example company.test.yaml")
    return suites


async def _run(world: World, suites: list[Suite]) -> tuple[list[Result], list[EventList]]:
    results, traces = [], []
    for suite in suites:
        for position, test in enumerate(suite.tests):
            began = perf_counter()
            played = await play(world, suite.flow, test)
            wrong = tuple(problems(played, suite, position))
            seconds = perf_counter() - began
            line = suite.document.mark(("tests", position)).line
            results.append(Result(suite.file, line, test.name, wrong, seconds))
            traces.append(played.trace)
    return results, traces
