"""A large house: how soon it takes its first call, and what a scrape of its metrics costs.

    make bench ARGS="--only size"

A thousand agents, two hundred queues, a hundred flows of twenty nodes; Asterisk runs already, as
it does when a server is started anew.
"""

import asyncio
import gc
import statistics
import time
from typing import Any

import aiohttp
import yaml

from benchmarks.centre import Centre, Documents, running_centre
from benchmarks.figures import Figure, Series, below, goals, limit, measured
from benchmarks.interpreter import long_flow
from benchmarks.sip import SipSocket
from ivr.acd.engine import Engine
from ivr.acd.messages import Enter, Input, LogIn, OfferAnswered, OfferRinging, Ring
from ivr.cli.setup import say
from ivr.flow.load import load_flows
from ivr.metrics import Metrics
from ivr.model.ids import AgentId, CallId, QueueId
from ivr.model.site import Site
from ivr.nodes import NODE_TYPES
from ivr.service.live import CoreState
from ivr.testing.clock import VirtualClock

AGENTS, QUEUES, FLOWS = 1000, 200, 100
CALLER, NUMBER, LINE = "9001", "7001", "line_1"
STARTS, SCRAPES = 5, 20
START_GOAL_S, SCRAPE_GOAL_MS, TURN_GOAL_MS = 3.0, 50.0, 10.0


async def measure() -> tuple[list[float], list[float]]:
    """Starts and scrapes, in seconds."""
    async with running_centre(documents(), lambda _: {}) as centre:
        starts_s = [await _start(centre, number) for number in range(1, STARTS + 1)]
        say("scraping")
        base = f"http://127.0.0.1:{centre.settings.http_port}"
        async with aiohttp.ClientSession(base) as client:
            return starts_s, [await _scrape(client) for _ in range(SCRAPES)]


async def _start(centre: Centre, number: int) -> float:
    """From the birth of the server's process until a caller has been answered."""
    say(f"start {number} of {STARTS}")
    await centre.instance.server.stop()
    settings = centre.settings
    sip = SipSocket((settings.sip_bind, settings.sip_port), 9, lambda _: None)
    await sip.open()
    try:
        await sip.register(CALLER, centre.secrets.sip[CALLER])
        began = time.perf_counter()
        await centre.instance.server.start()
        call = await sip.dial(CALLER, centre.secrets.sip[CALLER], NUMBER)
        lasted = time.perf_counter() - began
        await sip.hang_up(call)
    finally:
        sip.close()
    return lasted


async def _scrape(client: aiohttp.ClientSession) -> float:
    began = time.perf_counter()
    async with client.get("/metrics") as answer:
        await answer.read()
        answer.raise_for_status()
    return time.perf_counter() - began


def turns_s() -> list[float]:
    """Processor time of each piece of a scrape, between which calls come: of a house where
    everybody talks and as many callers wait."""
    files = {f"{name}.yaml": yaml.safe_dump(dict(one)) for name, one in documents().items()}
    site = Site.model_validate(yaml.safe_load(files.pop("site.yaml")))
    flows = load_flows(files, site, NODE_TYPES)
    engine, clock = Engine(site), VirtualClock(1000.0)
    _fill(engine, site)
    live = CoreState(engine, clock, lambda: 2 * AGENTS, dict, dict, dict)
    metrics = Metrics(site, flows, live)
    gc.collect()
    gc.freeze()  # as the server does
    turns: list[float] = []
    for _ in range(SCRAPES):
        began = time.thread_time()
        for _ in metrics.pieces():
            turns.append(time.thread_time() - began)
            began = time.thread_time()
    return turns


def _fill(engine: Engine, site: Site) -> None:
    rings: list[Ring] = []

    def feed(message: Input) -> None:
        rings.extend(one for one in engine.handle(message, 1000.0) if isinstance(one, Ring))

    for agent in site.agents:
        feed(LogIn(AgentId(agent)))
    for number in range(2 * AGENTS):
        queue = f"line_{number % QUEUES}"
        skills = site.queues[queue].skills
        feed(Enter(CallId(f"c{number}"), QueueId(queue), skills, 0, 1000.0, 9000.0, str(number)))
        while rings:
            offer = rings.pop().offer
            feed(OfferRinging(offer))
            feed(OfferAnswered(offer))


def documents() -> Documents:
    agents = {
        f"agent_{n}": {
            "name": f"Agent {n}",
            "extension": str(10_000 + n),
            "team": f"team_{n % 20}",
            "skills": {f"skill_{(n + k) % QUEUES}": str(1 + k) for k in range(5)},
        }
        for n in range(AGENTS)
    }
    queues = {
        f"line_{n}": {"title": f"Line {n}", "skills": f"skill_{n} >= 1"} for n in range(QUEUES)
    }
    line: dict[str, Any] = {"type": "queue", "queue": LINE, "next": "end", "otherwise": "end"}
    flows = {f"flow_{n}": long_flow(f"flow_{n}") for n in range(FLOWS)}
    return {
        "site": {
            "numbers": {NUMBER: "first", **{str(8000 + n): f"flow_{n}" for n in range(FLOWS)}},
            "skills": {f"skill_{n}": f"Skill {n}" for n in range(QUEUES)},
            "teams": {f"team_{n}": f"Team {n}" for n in range(20)},
            "agents": agents,
            "phones": {"caller": {"name": "Caller", "extension": CALLER}},
            "queues": queues,
            "emergency": {"say": "Sorry.", "ring": ["10000"]},
        },
        "first": {
            "flow": "first",
            "start": "line",
            "nodes": {"line": line, "end": {"type": "hangup"}},
        },
        **flows,
    }


def report() -> list[Figure]:
    starts_s, scrapes_s = asyncio.run(measure())
    scrapes, turns = Series("scrape", scrapes_s), Series("turn of a scrape", turns_s())
    figures = [
        limit("start_to_first_call", statistics.median(starts_s), "s", START_GOAL_S),
        measured("start_to_first_call_max", max(starts_s), "s"),
        below("metrics_scrape_p50", scrapes.p50_ms, SCRAPE_GOAL_MS),
        measured("metrics_scrape_max", scrapes.max_ms, "ms"),
        below("metrics_turn_p99", turns.p99_ms, TURN_GOAL_MS),
        measured("metrics_turn_max", turns.max_ms, "ms"),
    ]
    print(f"\n{AGENTS} agents, {QUEUES} queues, {FLOWS} flows")
    for figure in figures:
        print(f"{figure.name}: {figure.value:g} {figure.unit}")
    print(goals(figures))
    return figures
