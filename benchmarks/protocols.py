"""FastAGI commands and AMI events per second, beside the least that can be done.

    make bench ARGS="--only protocols"

FastAGI: a hundred sessions that send one command after the other; the other side answers at once.
AMI: a long stream of what Asterisk really tells of a call, from a socket to the handler, in order.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

import uvloop

from benchmarks.agi_load import load
from benchmarks.agi_peers import ADDRESS
from benchmarks.ami_load import EVENTS, TURNS, AmiSource, MinimalReader
from benchmarks.centre import free_ports
from benchmarks.figures import Figure, goals, measured, ratio_within
from benchmarks.processes import cpu_s
from ivr.asterisk.ami import AmiLink
from ivr.cli.setup import say

SESSIONS = 100
ROUNDS, ROUND_S, WARM_S = 3, 3.0, 0.5
"""Each server in turn, so that a noisy moment hits all of them."""
STARTS_S = 10.0
AGI_GOAL, PYST2_GOAL = 0.7, 4.0
AMI_GOAL_PER_S, AMI_COST_GOAL = 100_000.0, 2.5


@dataclass
class Rate:
    """What one FastAGI server did."""

    commands: int = 0
    seconds: float = 0.0
    server_s: float = 0.0
    """Processor time."""

    @property
    def per_s(self) -> float:
        return self.commands / self.seconds

    @property
    def us(self) -> float:
        """Processor time for a command."""
        return 1e6 * self.server_s / self.commands


@dataclass
class Agi:
    """All servers, each in a process of its own."""

    rates: dict[str, Rate] = field(default_factory=dict)

    def measure(self) -> None:
        kinds = ("minimal", "ivr", "panoramisk", "pyst2")
        ports = dict(zip(kinds, free_ports(len(kinds)), strict=True))
        with ExitStack() as stack:
            servers = {
                kind: stack.enter_context(_server(kind, port)) for kind, port in ports.items()
            }
            try:
                for number in range(ROUNDS):
                    for kind, port in ports.items():
                        say(f"FastAGI, {kind}, round {number + 1} of {ROUNDS}")
                        self._round(kind, port, servers[kind].pid)
            finally:
                for server in servers.values():
                    server.kill()

    def _round(self, kind: str, port: int, pid: int) -> None:
        rate = self.rates.setdefault(kind, Rate())
        before = cpu_s(pid)
        commands = uvloop.run(_loaded(port))
        rate.commands += commands
        rate.seconds += ROUND_S
        # The warming up is in the processor time, too: for all alike.
        rate.server_s += (cpu_s(pid) - before) * ROUND_S / (ROUND_S + WARM_S)


async def _loaded(port: int) -> int:
    deadline = time.monotonic() + STARTS_S
    while True:
        try:
            return await load(ADDRESS, port, sessions=SESSIONS, warm_s=WARM_S, seconds=ROUND_S)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)


def _server(kind: str, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "benchmarks.agi_peers", kind, str(port)])


@dataclass
class Ami:
    """Events through our link, and through the least that reads them."""

    ours_s: float = 0.0
    minimal_s: float = 0.0
    """Processor time of this process's thread for all events."""
    ours_wall_s: float = 0.0
    events: int = 0

    def measure(self) -> None:
        for number in range(ROUNDS):
            say(f"AMI, round {number + 1} of {ROUNDS}")
            with closing(AmiSource()) as source:
                self.minimal_s += uvloop.run(_minimal(source))[0]
            with closing(AmiSource()) as source:
                cpu, wall = uvloop.run(_ours(source))
                self.ours_s += cpu
                self.ours_wall_s += wall
            self.events += EVENTS


async def _minimal(source: AmiSource) -> tuple[float, float]:
    done = asyncio.Event()
    seen = 0

    def handle(_event: Mapping[str, str]) -> None:
        nonlocal seen
        seen += 1
        if seen == EVENTS:
            done.set()

    loop = asyncio.get_running_loop()
    cpu, wall = time.thread_time(), time.perf_counter()
    transport, _ = await loop.create_connection(lambda: MinimalReader(handle), *source.address)
    async with asyncio.timeout(120):
        await done.wait()
    spent = time.thread_time() - cpu, time.perf_counter() - wall
    transport.abort()
    return spent


async def _ours(source: AmiSource) -> tuple[float, float]:
    done = asyncio.Event()
    channels: list[str] = []

    def handle(event: Mapping[str, str]) -> None:
        if event["Event"] != "FullyBooted":
            channels.append(event["Uniqueid"])
        if len(channels) == EVENTS:
            done.set()

    async def logged_in() -> None:
        return

    link = AmiLink(
        *source.address,
        "ivr",
        "secret",
        on_event=handle,
        on_login=logged_in,
        on_lost=lambda: None,
    )
    cpu, wall = time.thread_time(), time.perf_counter()
    await link.start()
    async with asyncio.timeout(120):
        await done.wait()
    spent = time.thread_time() - cpu, time.perf_counter() - wall
    await link.close()
    if channels != source.channels or link.logins != 1:
        raise RuntimeError("events were lost, doubled or out of order")
    return spent


def report() -> list[Figure]:
    agi, ami = Agi(), Ami()
    agi.measure()
    ami.measure()
    figures = [*_agi_figures(agi.rates), *_ami_figures(ami)]
    print(f"\nFastAGI, {SESSIONS} sessions: commands a second, and what one costs the server\n")
    print("| | commands/s | processor us |\n| --- | ---: | ---: |")
    for kind, rate in agi.rates.items():
        print(f"| {kind} | {rate.per_s:,.0f} | {rate.us:.1f} |")
    print(f"\nAMI, {ami.events:,} events of {TURNS} calls and more\n")
    for figure in figures:
        print(f"{figure.name}: {figure.value:g} {figure.unit}")
    print(goals(figures))
    return figures


def _agi_figures(rates: Mapping[str, Rate]) -> list[Figure]:
    ours, unit = rates["ivr"], "commands/s"
    return [
        ratio_within(
            "fastagi_commands", ours.per_s, unit, rates["minimal"].per_s, at_least=AGI_GOAL
        ),
        ratio_within(
            "fastagi_commands_pyst2", ours.per_s, unit, rates["pyst2"].per_s, at_least=PYST2_GOAL
        ),
        measured("fastagi_commands_panoramisk", rates["panoramisk"].per_s, unit),
        measured("fastagi_cpu", ours.us, "us"),
    ]


def _ami_figures(ami: Ami) -> list[Figure]:
    per_s = ami.events / ami.ours_wall_s
    ours_us, minimal_us = (1e6 * each / ami.events for each in (ami.ours_s, ami.minimal_s))
    met: dict[str, Any] = {
        "goal": f">= {AMI_GOAL_PER_S:g} events/s",
        "met": per_s >= AMI_GOAL_PER_S,
    }
    return [
        Figure("ami_events", round(per_s, 1), "events/s", None, None, **met),
        ratio_within("ami_event_cpu", ours_us, "us", minimal_us, at_most=AMI_COST_GOAL),
    ]
