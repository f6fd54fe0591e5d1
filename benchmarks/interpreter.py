"""What the call-flow interpreter itself costs: processor time per node, and flows read per second.

    make bench ARGS="--only interpreter"

No telephony: a caller who follows a script walks through the menu that is measured live, too.
"""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from benchmarks.figures import Figure, goals, limit, measured
from benchmarks.menu import documents
from ivr.flow import Flow
from ivr.flow.load import load_flows
from ivr.model.site import Site
from ivr.nodes import NODE_TYPES
from ivr.nodes.base import Visit
from ivr.nodes.walk import walk
from ivr.site.calendars import SiteCalendars
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.queues import FakeQueues
from ivr.testing.steps import Press
from ivr.testing.trace import EventList

WALKS, WALKS_FIRST = 2000, 200
FLOWS, NODES_PER_FLOW = 100, 20
TESTS, TESTS_GOAL_S = 1000, 10.0
BANK = Path(__file__).parents[1] / "dialplans" / "examples" / "bank"
NODE_GOAL_US = 200.0
"""A prompt lasts seconds: below this the interpreter is lost beside two exchanges with Asterisk."""


async def node_us(flows: Mapping[str, Flow], site: Site) -> float:
    """Processor time per node entered and left, its events included, in microseconds."""
    await _walks(flows, site, WALKS_FIRST)
    began = time.process_time()
    nodes = await _walks(flows, site, WALKS)
    return 1e6 * (time.process_time() - began) / nodes


async def _walks(flows: Mapping[str, Flow], site: Site, count: int) -> int:
    calendars, nodes = SiteCalendars(site), 0
    for _ in range(count):
        clock, trace = VirtualClock(0.0), EventList()
        call = FakeCall(clock, (Press("1"), Press("01234")))
        queues, lookups = FakeQueues({}), FakeLookups(clock)
        visit = Visit(call, queues, calendars, clock, trace, site, lookups)
        ending = await walk(flows, "balance", visit)
        if ending.result != "completed":
            raise RuntimeError(f"the walk ended as {ending.result} in {ending.node}")
        nodes += len(trace.entered())
    return nodes


def flow_ms(site: Site) -> float:
    """Processor time to read and check one flow of 20 nodes among 100, in milliseconds."""
    files = {f"flow_{n}.yaml": yaml.safe_dump(long_flow(f"flow_{n}")) for n in range(FLOWS)}
    began = time.process_time()
    load_flows(files, site, NODE_TYPES)
    return 1e3 * (time.process_time() - began) / FLOWS


def long_flow(name: str) -> dict[str, Any]:
    nodes: dict[str, Any] = {
        f"menu_{n}": {
            "type": "menu",
            "prompt": f"For number {n}, press 1.",
            "choices": {"1": f"menu_{n + 1}", "2": "end"},
            "no_input": "end",
            "no_match": "end",
        }
        for n in range(NODES_PER_FLOW - 1)
    }
    nodes[f"menu_{NODES_PER_FLOW - 2}"]["choices"]["1"] = "end"
    nodes["end"] = {"type": "hangup"}
    return {"flow": name, "start": "menu_0", "nodes": nodes}


def thousand_tests_s() -> float:
    """Processor time of `ivr test` on 1,000 tests of a bank's line, from start to end: on a machine
    that does nothing else it takes as long."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        for file in sorted(BANK.glob("*.yaml")):
            text = file.read_text("utf-8")
            if file.name.endswith(".test.yaml"):
                suite = yaml.safe_load(text)
                own = len(suite["tests"])
                suite["tests"] = [suite["tests"][n % own] for n in range(TESTS)]
                text = yaml.dump(suite, Dumper=Unaliased)
            (directory / file.name).write_text(text, "utf-8")
        began = _children_s()
        ran = subprocess.run(
            [sys.executable, "-m", "ivr", "test", str(directory)],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds = _children_s() - began
    if f"{TESTS} passed, 0 failed" not in ran.stdout:
        raise RuntimeError(f"not all tests passed: {ran.stdout[-300:]}")
    return seconds


def _children_s() -> float:
    """Processor time that processes of ours which have ended took."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


class Unaliased(yaml.SafeDumper):
    """Writes a test again wherever it stands: flow files have no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def report() -> tuple[list[Figure], str]:
    """Measures and prints; all figures, and what is wrong with them (nothing)."""
    texts = {f"{name}.yaml": yaml.safe_dump(dict(each)) for name, each in documents().items()}
    site = Site.model_validate(yaml.safe_load(texts.pop("site.yaml")) | {"numbers": {}})
    flows = load_flows(texts, site, NODE_TYPES, sound_exists=lambda _: True)
    per_node_us = asyncio.run(node_us(flows, site))
    per_flow_ms = flow_ms(site)
    tests_s = thousand_tests_s()
    figures = [
        limit(f"{TESTS} flow tests by `ivr test`", tests_s, "s", TESTS_GOAL_S),
        limit("interpreter, processor time per node", per_node_us, "us", NODE_GOAL_US),
        measured("flows of 20 nodes read and checked", 1000 / per_flow_ms, "1/s"),
    ]
    print(
        "\nThe interpreter alone, no telephony\n"
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}; processor time of one thread\n\n"
        f"| per node entered and left, events included | {per_node_us:.0f} us |\n| --- | ---: |\n"
        f"| flows of {NODES_PER_FLOW} nodes read and checked, 1/s | {1000 / per_flow_ms:.0f} |\n"
        f"| {TESTS} tests of a bank's line by `ivr test`, from start to end | {tests_s:.1f} s |\n"
    )
    print(goals(figures))
    return figures, ""
