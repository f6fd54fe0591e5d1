"""What a console costs with 500 agents and 500 callers in line, and how soon a page shows changes.

    make bench ARGS="--only console"

A simulated floor on the real core, the real web side and a real Chromium. Every half second a talk
ends, its agent gets the next caller, and another caller comes.
"""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from benchmarks.figures import Figure, Series, below, goals, limit, measured
from benchmarks.floor import Floor
from ivr.provision.packages import ensure_programs, find_program
from ivr.provision.tools import TESTS
from ivr.web import WebServer

AGENTS, CALLS = 500, 500
TURN_S = 0.5
SETTLED_S, MEASURED_S = 5.0, 30.0
SCREEN_GOAL_MS = 250.0
TURN_GOAL_MS = 20.0
"""So long anything of the console may keep a call waiting: as long as one packet of sound lasts."""
BROWSER = "chromium-headless-shell"

OBSERVER = """
window.latencies = [];
const seen = new Set();
const look = (found) => {
  for (const time of document.querySelectorAll(".agent time")) {
    const name = time.dataset.since + time.parentNode.firstChild.textContent;
    if (seen.has(name)) continue;
    seen.add(name);
    found.push(Date.now() / 1000 - Number(time.dataset.since));
  }
};
look([]);
const observer = new MutationObserver(() => look(window.latencies));
observer.observe(document, { childList: true, subtree: true });
"""


def report() -> list[Figure]:
    ensure_programs({BROWSER: TESTS[BROWSER]}, print)
    screen_s, pauses_s, busy, bytes_per_s, page_cpu = asyncio.run(_measure())
    screen = Series("event to screen", screen_s)
    pauses = Series("one turn of the console's", pauses_s)
    figures = [
        below("console_event_to_screen_p50", screen.p50_ms, SCREEN_GOAL_MS),
        measured("console_event_to_screen_p99", screen.p99_ms, "ms"),
        below("console_turn_p99", pauses.p99_ms, TURN_GOAL_MS),
        measured("console_turn_max", pauses.max_ms, "ms"),
        limit("console_server_share", busy, "% of a core", 5.0),
        measured("console_bytes", bytes_per_s, "byte/s"),
        measured("console_page_cpu", page_cpu, "% of a core"),
    ]
    print(f"\n{AGENTS} agents, {CALLS} callers in line, {len(screen_s)} changes seen on the page")
    for figure in figures:
        print(f"{figure.name}: {figure.value:g} {figure.unit}")
    print(goals(figures))
    return figures


async def _measure() -> tuple[list[float], list[float], float, float, float]:
    floor = Floor(AGENTS)
    floor.fill(CALLS)
    turns_s = _timed(floor.board, "flush", "look_at", "message")
    turns_s = _timed(floor.glance, "estimate_one", into=turns_s)
    server = WebServer(floor.app(), "127.0.0.1", 0)
    await server.start()
    looking = asyncio.create_task(floor.board.run())
    living = asyncio.create_task(floor.live(TURN_S))
    try:
        async with async_playwright() as playwright:
            program = find_program(BROWSER)
            browser = await playwright.chromium.launch(
                executable_path=program, args=["--no-sandbox", "--disable-gpu"]
            )
            page = await browser.new_page(extra_http_headers=floor.headers)
            await page.goto(f"http://127.0.0.1:{server.port}/")
            await page.get_by_text("live", exact=True).wait_for()
            seen = await _watch(page, turns_s)
            await browser.close()
    finally:
        looking.cancel()
        living.cancel()
        floor.board.close()
        await server.close()
    return seen


async def _watch(
    page: Page, turns_s: list[float]
) -> tuple[list[float], list[float], float, float, float]:
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    received: list[int] = []
    session.on("Network.dataReceived", lambda event: received.append(event["dataLength"]))
    await asyncio.sleep(SETTLED_S)
    await page.evaluate(OBSERVER)
    turns_s.clear()
    received.clear()
    began, cpu_s = time.perf_counter(), _renderers_s()
    await asyncio.sleep(MEASURED_S)
    lasted_s = time.perf_counter() - began
    busy, page_cpu = 100 * sum(turns_s) / lasted_s, 100 * (_renderers_s() - cpu_s) / lasted_s
    screen_s = await page.evaluate("window.latencies")
    return screen_s, list(turns_s), busy, sum(received) / lasted_s, page_cpu


def _timed(owner: object, *names: str, into: list[float] | None = None) -> list[float]:
    """Processor time of each turn of these methods: so long everything else waits, in seconds."""
    turns_s = [] if into is None else into

    def timed(work: Callable[..., Any]) -> Callable[..., Any]:
        def measured_work(*given: Any) -> Any:
            began = time.thread_time()
            try:
                return work(*given)
            finally:
                turns_s.append(time.thread_time() - began)

        return measured_work

    for name in names:
        setattr(owner, name, timed(getattr(owner, name)))
    return turns_s


def _renderers_s() -> float:
    """Processor time of every page's process so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if b"--type=renderer" in (stat.parent / "cmdline").read_bytes():
                fields = stat.read_text().rpartition(") ")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except OSError:
            continue  # it ended meanwhile
    return ticks / os.sysconf("SC_CLK_TCK")
