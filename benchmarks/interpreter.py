"""What the call-flow interpreter itself costs: processor time per node, and flows read per second.

    make bench ARGS="--only interpreter"

No telephony: a caller who follows a script walks through the menu that is measured live, too.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
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
from ivr.testing.queues import FakeQueues
from ivr.testing.steps import Press
from ivr.testing.trace import EventList

WALKS, WALKS_FIRST = 2000, 200
FLOWS, NODES_PER_FLOW = 100, 20
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
        ending = await walk(
            flows, "balance", Visit(call, FakeQueues({}), calendars, clock, trace, site)
        )
        if ending.result != "completed":
            raise RuntimeError(f"the walk ended as {ending.result} in {ending.node}")
        nodes += len(trace.entered())
    return nodes


def flow_ms(site: Site) -> float:
    """Processor time to read and check one flow of 20 nodes among 100, in milliseconds."""
    files = {f"flow_{n}.yaml": yaml.safe_dump(_long_flow(f"flow_{n}")) for n in range(FLOWS)}
    began = time.process_time()
    load_flows(files, site, NODE_TYPES)
    return 1e3 * (time.process_time() - began) / FLOWS


def _long_flow(name: str) -> dict[str, Any]:
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


def report() -> tuple[list[Figure], str]:
    """Measures and prints; all figures, and what is wrong with them (nothing)."""
    texts = {f"{name}.yaml": yaml.safe_dump(dict(each)) for name, each in documents().items()}
    site = Site.model_validate(yaml.safe_load(texts.pop("site.yaml")) | {"numbers": {}})
    flows = load_flows(texts, site, NODE_TYPES, sound_exists=lambda _: True)
    per_node_us = asyncio.run(node_us(flows, site))
    per_flow_ms = flow_ms(site)
    figures = [
        limit("interpreter, processor time per node", per_node_us, "us", NODE_GOAL_US),
        measured("flows of 20 nodes read and checked", 1000 / per_flow_ms, "1/s"),
    ]
    print(
        "\nThe interpreter alone, no telephony\n"
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}; processor time of one thread\n\n"
        f"| per node entered and left, events included | {per_node_us:.0f} us |\n| --- | ---: |\n"
        f"| flows of {NODES_PER_FLOW} nodes read and checked, 1/s | {1000 / per_flow_ms:.0f} |\n"
    )
    print(goals(figures))
    return figures, ""
