"""`ivr call`: plays a flow in the terminal."""

import asyncio
from datetime import datetime
from pathlib import Path

import click

from ivr.cli.test import load_world
from ivr.document import suggest
from ivr.model.errors import UserError
from ivr.nodes.base import Visit
from ivr.nodes.walk import Ending, walk
from ivr.testing.clock import VirtualClock
from ivr.testing.recording import FakeRecording
from ivr.testing.run import World, site_zone
from ivr.testing.terminal import (
    Terminal,
    TerminalCall,
    TerminalLookups,
    TerminalQueues,
    TerminalTrace,
)


@click.command(short_help="Call a flow from the terminal.")
@click.argument("flow", default="company")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d %H:%M"]),
    help="Local date and time of the call, e.g. '2026-12-25 10:00'; now when left out.",
)
@click.option("--caller", default="+15550100", show_default=True, help="Calling number.")
@click.option(
    "--dialplans",
    default="dialplans",
    show_default=True,
    envvar="IVR_DIALPLANS",
    type=click.Path(path_type=Path, file_okay=False),
)
def command(flow: str, at: datetime | None, caller: str, dialplans: Path) -> None:
    """Call FLOW from the terminal: type keys, `wait` (or nothing) or `hangup`."""
    world = load_world(dialplans)
    if flow not in world.flows:
        raise UserError(f"there is no flow {flow!r} ({suggest(flow, world.flows)})")
    zone = site_zone(world.site)
    moment = at.replace(tzinfo=zone) if at else datetime.now(zone)
    terminal = Terminal(show=click.echo, ask=input)
    ending = asyncio.run(_play(world, flow, caller, moment.timestamp(), terminal))
    click.echo(f"call over: {ending.result}, in node {ending.node}")


async def _play(world: World, flow: str, caller: str, at: float, terminal: Terminal) -> Ending:
    clock = VirtualClock(at)
    call = TerminalCall(clock, caller=caller, terminal=terminal)
    recording = FakeRecording(show=terminal.show)
    queues, trace = TerminalQueues(terminal), TerminalTrace(terminal.show)
    lookups = TerminalLookups(call)
    visit = Visit(
        call, queues, world.calendars, clock, trace, world.site, lookups, recording=recording
    )
    return await walk(world.flows, flow, visit)
