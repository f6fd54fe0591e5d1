"""`ivr call`: plays a flow in the terminal."""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from getpass import getpass
from pathlib import Path
from typing import Any

import click

from ivr.cli.options import format_option
from ivr.cli.test import load_world
from ivr.document import suggest
from ivr.expression.values import as_text
from ivr.model.errors import UserError
from ivr.model.hours import HOUSE
from ivr.nodes.base import KEYS, Visit
from ivr.nodes.walk import Ending, walk
from ivr.testing.clock import VirtualClock
from ivr.testing.console import Terminal
from ivr.testing.queues import FixedCalendars
from ivr.testing.recording import FakeRecording
from ivr.testing.run import World, site_zone
from ivr.testing.story import Story
from ivr.testing.suite import year_problem
from ivr.testing.terminal import TerminalCall, TerminalLookups, TerminalQueues

EXIT_CODES = {"completed": 0, "hangup": 3, "error": 4}
"""How the call ended; 1 and 2 are for a call that could not begin."""


class Moment(click.ParamType[datetime | time]):
    """A date and time, or a time of today; what is neither is refused with an example."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime | time:
        try:
            return datetime.strptime(value, "%H:%M").time()
        except ValueError:
            pass
        try:
            moment = datetime.strptime(value, "%Y-%m-%d %H:%M")
        except ValueError:
            self.fail(f"{value!r} is no time; write '2026-12-25 10:00' or 18:30", param, ctx)
        if wrong := year_problem(moment):
            self.fail(wrong, param, ctx)
        return moment


@click.command(short_help="Call a flow from the terminal.")
@click.argument("flow", default="")
@click.option(
    "--at",
    type=Moment(),
    help="Local time of the call, e.g. '2026-12-25 10:00', or '18:30' today; now when left out.",
)
@click.option("--caller", default="+15550100", show_default=True, help="Calling number.")
@click.option("--caller-name", default="", help="Name that comes with the calling number.")
@click.option(
    "--dialled", default="", help="Number dialled; without FLOW, its flow answers the call."
)
@click.option(
    "--language", default="", help="Language of the caller at first; else the site's default."
)
@click.option(
    "--closed",
    multiple=True,
    metavar="CALENDAR",
    help="An emergency closure that is in force, of a calendar or of `house`; may be repeated.",
)
@format_option("json: one object when the call is over; what is said goes to standard error.")
@click.option(
    "--dialplans",
    default="dialplans",
    show_default=True,
    envvar="IVR_DIALPLANS",
    show_envvar=True,
    type=click.Path(path_type=Path, file_okay=False),
)
def command(
    flow: str,
    at: datetime | time | None,
    closed: tuple[str, ...],
    shape: str,
    dialplans: Path,
    **who: str,
) -> None:
    """Call FLOW, or the flow of the site's first number, from the terminal.

    Type keys, `wait`, `wait 10s`, `trace`, `vars`, `hangup`; `help` tells what may be typed at each
    question; what is typed in a sensitive node is hidden. Lines may also come from a pipe. Ends
    with 0 when the flow ended the call, 3 when the caller hung up, 4 when the flow failed.
    """
    world = _with_closures(load_world(dialplans), closed)
    person = _caller(world, flow, **who)
    zone = site_zone(world.site)
    now = datetime.now(zone)
    at = datetime.combine(now.date(), at) if isinstance(at, time) else at
    moment = at.replace(tzinfo=zone) if at else now
    played = asyncio.run(_play(world, person, moment.timestamp(), as_json=shape == "json"))
    if shape == "json":
        click.echo(json.dumps(played.document(), indent=2))
    else:
        ending = played.ending
        click.echo(
            f"call over: {ending.result}, in node {ending.node}, after {played.seconds:.0f} s"
        )
    raise click.exceptions.Exit(EXIT_CODES[played.ending.result])


def _with_closures(world: World, closed: Sequence[str]) -> World:
    """The same world, with these emergency closures in force; UserError for an unknown one."""
    known = (HOUSE, *world.site.calendars)
    for name in closed:
        if name not in known:
            raise UserError(f"nothing to close is named {name!r} ({suggest(name, known)})")
    return replace(world, calendars=FixedCalendars(world.calendars, {}, closed))


@dataclass(frozen=True)
class Caller:
    """Who calls whom."""

    flow: str
    number: str
    name: str
    dialled: str
    language: str


@dataclass(frozen=True)
class Played:
    """A call that is over."""

    ending: Ending
    story: Story
    call: TerminalCall
    visit: Visit

    @property
    def seconds(self) -> float:
        return self.visit.clock.now() - self.story.began

    def document(self) -> dict[str, Any]:
        return {
            "result": self.ending.result,
            "flow": self.ending.flow,
            "node": self.ending.node,
            "seconds": round(self.seconds, 3),
            "heard": [self.visit.mask(one) for one in self.call.heard],
            "steps": self.story.steps(),
            "variables": dict(_variables(self.visit)),
        }


def _caller(
    world: World, flow: str, caller: str, caller_name: str, dialled: str, language: str
) -> Caller:
    """Who calls whom, with what was left out; UserError for what the site does not know."""
    numbers = world.site.numbers
    if dialled and not flow and dialled not in numbers:
        raise UserError(f"the site has no number {dialled} ({suggest(dialled, numbers)})")
    if not flow and not numbers:
        raise UserError(
            f"the site has no number: say which FLOW to call ({suggest('', world.flows)})"
        )
    flow = flow or numbers[dialled or next(iter(numbers))]
    if flow not in world.flows:
        raise UserError(f"there is no flow {flow!r} ({suggest(flow, world.flows)})")
    voices = world.site.voices
    if language and language not in voices:
        raise UserError(f"the site speaks no {language!r} ({suggest(language, voices)})")
    leading = (number for number, name in numbers.items() if name == flow)
    return Caller(flow, caller, caller_name, dialled or next(leading, "600"), language)


async def _play(world: World, person: Caller, at: float, *, as_json: bool) -> Played:
    clock, site = VirtualClock(at), world.site

    def show(line: str) -> None:
        click.secho(line, err=as_json, dim=line.startswith("["))

    def variables() -> Iterator[str]:
        return (f"  {name} = {value!r}" for name, value in _variables(visit))

    story = Story(show, at, world.flows)
    commands = {
        "trace": ("what the call did so far", story.lines),
        "vars": ("the variables now; what is sensitive is hidden", variables),
    }

    def is_private() -> bool:
        node = visit.flow.nodes.get(visit.node) if visit.flow else None
        return node is not None and node.is_sensitive

    terminal = Terminal(
        show, lambda question: _typed(question, err=as_json, hidden=is_private()), commands
    )
    call = TerminalCall(
        clock,
        caller=person.number,
        caller_name=person.name,
        dialled=person.dialled,
        terminal=terminal,
        default_language=site.default_language,
        is_private=is_private,
        mask=lambda line: visit.mask(line),
    )
    queues = TerminalQueues(terminal, {name: one.wait_s_max for name, one in site.queues.items()})
    recording, lookups = FakeRecording(show=show), TerminalLookups(call)
    visit = Visit(call, queues, world.calendars, clock, story, site, lookups, recording=recording)
    if person.language:
        visit.variables["language"] = person.language
    return Played(await walk(world.flows, person.flow, visit), story, call, visit)


def _variables(visit: Visit) -> Iterator[tuple[str, str]]:
    for name, value in visit.variables.items():
        text = as_text(value)
        yield name, "*" * len(text) if name in visit.secret_variables else visit.mask(text)


def _typed(question: str, *, err: bool, hidden: bool) -> str:
    """A line of standard input, shown where it comes from a pipe; EOFError at its end.

    Of a `hidden` one, only how many keys it has is shown. Ctrl-C hangs up: the event loop's own
    handler would only cancel what waits for the line.
    """
    if sys.stdin.isatty() and not err:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return _hidden(question) if hidden else input(question)
        except KeyboardInterrupt:
            raise EOFError from None
        finally:
            signal.signal(signal.SIGINT, before)
    click.echo(question, nl=False, err=err)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        click.echo(_stars(line.strip()) if hidden else line.strip(), err=err)
    if not line:
        raise EOFError
    return line


def _hidden(question: str) -> str:
    line = getpass(question)
    click.echo(f"{question}{_stars(line.strip())}")
    return line


def _stars(line: str) -> str:
    """Keys, but not which; words such as `trace` as they are."""
    return "".join("*" if character in KEYS else character for character in line)
