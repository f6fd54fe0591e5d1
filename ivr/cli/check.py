"""`ivr check`: everything that is wrong with a dialplans directory, before it takes a call."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

import click

from ivr.cli.dialplans import (
    TESTS_SUFFIX,
    Dialplans,
    ReadDialplans,
    flow_files,
    read_dialplans,
    read_text,
)
from ivr.cli.options import directory_options, format_option
from ivr.document import Problem, suggest
from ivr.flow import Flow
from ivr.flow.resolved import resolved as resolved_text
from ivr.model.errors import UserError
from ivr.testing.loading import read_suite


@click.command("check", short_help="Check the site and every flow for mistakes.")
@format_option("json: a list of problems, for editors and CI.")
@directory_options
@click.option(
    "--resolved", metavar="FLOW", help="Show this flow with all limits and defaults written out."
)
def command(shape: str, directory: Path, resolved: str | None) -> None:
    """Check the site, every flow and every test file in DIRECTORY; exit with 1 when something is
    wrong.

    Every problem of every file is shown at once, as file:line:column: message (hint).
    """
    read = read_with_tests(directory)
    if shape == "json":
        click.echo(as_json(read.problems))
    elif read.dialplans is None:
        click.echo(as_text(read.problems))
    else:
        click.echo(_resolved(read.dialplans, resolved) if resolved else summary(read.dialplans))
    if read.problems:
        raise SystemExit(1)


def read_with_tests(directory: Path) -> ReadDialplans:
    """As `read_dialplans`, with what is wrong in the test files beside, and files nobody reads."""
    read = read_dialplans(directory)
    flows: dict[str, Flow | None] = {file.stem: None for file in flow_files(directory)}
    if read.dialplans is not None:
        flows.update(read.dialplans.flows)
    found = list(read.problems)
    for file in sorted(directory.glob(f"*{TESTS_SUFFIX}")):
        text = read_text(file, found)
        if text is not None:
            found += read_suite(text, str(file), read.site, flows)[1]
    for file in sorted(directory.glob("*.yml")):
        message, hint = "this file is not read: its name ends in .yml", "name it .yaml"
        found.append(Problem(str(file), 1, 1, message, hint))
    problems = tuple(sorted(set(found)))
    return replace(read, dialplans=None if problems else read.dialplans, problems=problems)


def _resolved(dialplans: Dialplans, name: str) -> str:
    if name not in dialplans.flows:
        raise UserError(f"there is no flow {name!r} ({suggest(name, dialplans.flows)})")
    return resolved_text(dialplans.flows[name]).rstrip("\n")


def summary(dialplans: Dialplans) -> str:
    flows, nodes = len(dialplans.flows), sum(len(one.nodes) for one in dialplans.flows.values())
    counted = f"{_count(flows, 'flow')}, {_count(nodes, 'node')}"
    return f"{counted}, no problems; version {dialplans.version}"


def as_text(problems: Iterable[Problem]) -> str:
    lines = [str(problem) for problem in problems]
    return "\n".join([*lines, "", _count(len(lines), "problem")])


def as_json(problems: Iterable[Problem]) -> str:
    return json.dumps([asdict(problem) for problem in problems], indent=2)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
