"""A large house: how soon it takes its first call, and what a scrape of its metrics costs.

    make bench ARGS="--only size"

A thousand agents, two hundred queues, a hundred flows of twenty nodes; Asterisk runs already, as
it does when a server is started anew.
"""

import asyncio
import statistics
import time
from typing import Any

import aiohttp

from benchmarks.centre import Centre, Documents, running_centre
from benchmarks.figures import Figure, Series, below, goals, limit, measured
from benchmarks.interpreter import long_flow
from benchmarks.sip import SipSocket
from ivr.cli.setup import say

AGENTS, QUEUES, FLOWS = 1000, 200, 100
CALLER, NUMBER, LINE = "9001", "7001", "line_1"
STARTS, SCRAPES, LOOKS = 5, 20, 200
SCRAPE_PAUSE_S = 0.25
START_GOAL_S, SCRAPE_GOAL_MS, STALL_GOAL_MS = 3.0, 50.0, 10.0


async def measure() -> tuple[list[float], list[float], list[float], list[float]]:
    """Starts, scrapes, other answers during scrapes and without any, in seconds."""
    async with running_centre(documents(), lambda _: {}) as centre:
        starts_s = [await _start(centre, number) for number in range(1, STARTS + 1)]
        base = f"http://127.0.0.1:{centre.settings.http_port}"
        say("scraping")
        async with aiohttp.ClientSession(base) as client:
            alone_s = [await _seconds(client, "/health") for _ in range(LOOKS)]
            beside_s: list[float] = []
            looking = asyncio.create_task(_look(client, beside_s), name="looking")
            scrapes_s = []
            for _ in range(SCRAPES):
                scrapes_s.append(await _seconds(client, "/metrics"))
                await asyncio.sleep(SCRAPE_PAUSE_S)
            looking.cancel()
            await asyncio.wait((looking,))
        return starts_s, scrapes_s, beside_s, alone_s


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


async def _look(client: aiohttp.ClientSession, into: list[float]) -> None:
    """One question after another, until cancelled."""
    while True:
        into.append(await _seconds(client, "/health"))


async def _seconds(client: aiohttp.ClientSession, path: str) -> float:
    """How long an answer takes."""
    began = time.perf_counter()
    async with client.get(path) as answer:
        await answer.read()
        answer.raise_for_status()
    return time.perf_counter() - began


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
    starts_s, scrapes_s, beside_s, alone_s = asyncio.run(measure())
    scrapes, beside = Series("scrape", scrapes_s), Series("health beside a scrape", beside_s)
    alone = Series("health alone", alone_s)
    figures = [
        limit("start_to_first_call", statistics.median(starts_s), "s", START_GOAL_S),
        measured("start_to_first_call_max", max(starts_s), "s"),
        below("metrics_scrape_p50", scrapes.p50_ms, SCRAPE_GOAL_MS),
        measured("metrics_scrape_max", scrapes.max_ms, "ms"),
        below("answer_beside_scrape_max", beside.max_ms - alone.p50_ms, STALL_GOAL_MS),
        measured("answer_alone_p50", alone.p50_ms, "ms"),
    ]
    print(
        f"\n{AGENTS} agents, {QUEUES} queues, {FLOWS} flows; {len(beside_s)} answers beside scrapes"
    )
    for figure in figures:
        print(f"{figure.name}: {figure.value:g} {figure.unit}")
    print(goals(figures))
    return figures
