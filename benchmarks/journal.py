"""The journal: events written, reports over a long history, and what is done to it at night.

    make bench ARGS="--only journal"                        a million events
    make bench ARGS="--only journal --events 10000000"      ten million: half an hour

On SQLite and on a PostgreSQL of its own, both waiting for the disk at every commit. `Written` is
what the journal itself takes, event by event, until all are in the database. Then a journal that
holds the history is asked: the report of everything over one day and over all of it, in a process
that does nothing else. At last all calls of its first half are deleted while calls go on: 100
events a second are recorded, and for each it is measured how long it is until it is durable.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from benchmarks.figures import Figure, Series, below, goals, limit, measured
from benchmarks.history import AGENTS, EVENTS_PER_CALL, GAP_S, QUEUES, history
from ivr.journal import Journal, database
from ivr.journal.entry import call_of, entry_of
from ivr.journal.numbers import Numbers
from ivr.journal.projector import Projector
from ivr.journal.pruning import EventPruner
from ivr.journal.reporting import Asked, make
from ivr.journal.stream import HistoryReader
from ivr.model.events import AmiConnected
from ivr.model.retention import Kept
from ivr.model.site import Site
from ivr.report.span import Span
from tests.postgresql import running

EVENTS = 1_000_000
WRITTEN = 100_000
AT_ONCE = 4000
STORED_AT_ONCE = 5000
BEGIN = 1_767_225_600.0
"""2026-01-01 00:00 UTC."""
DAY_S = 86400.0
PACE_S = 0.01
DURABLE_GOAL_MS = 250.0
WRITTEN_GOAL = 2000
"""200 calls at once make less than a hundred events a second."""
DAY_GOAL_S, MILLION_GOAL_S = 10.0, 60.0
SITE = Site.model_validate(
    {
        "numbers": {"600": "company"},
        "skills": {},
        "teams": {"all": "All"},
        "agents": {
            f"a{n}": {"name": f"Agent {n}", "extension": str(1000 + n), "team": "all"}
            for n in range(AGENTS)
        },
        "queues": {f"q{n}": {"title": f"Queue {n}"} for n in range(QUEUES)},
        "emergency": {"say": "Sorry", "ring": ["1000"]},
    }
)


@dataclass
class Measured:
    """Of one database."""

    written_per_s: float
    stored_per_s: float
    day_s: float
    all_s: float
    rebuilt_per_s: float
    pruned_per_s: float
    durable: Series
    """While old events are deleted."""


def report(events: int) -> list[Figure]:
    """Measures and prints; all figures."""
    calls = max(1, events // EVENTS_PER_CALL)
    found: dict[str, Measured] = {}
    with databases() as urls:
        for name, url in urls.items():
            found[name] = asyncio.run(measure(url, calls))
    figures: list[Figure] = []
    for name, one in found.items():
        million = calls * EVENTS_PER_CALL / 1e6
        figures += [
            _at_least(f"{name}: events written", one.written_per_s, "1/s", WRITTEN_GOAL),
            measured(f"{name}: events stored in bulk", one.stored_per_s, "1/s"),
            limit(f"{name}: report of everything, one day", one.day_s, "s", DAY_GOAL_S),
            limit(
                f"{name}: the same over each million events",
                one.all_s / million,
                "s",
                MILLION_GOAL_S,
            ),
            measured(f"{name}: calls made anew", one.rebuilt_per_s, "1/s"),
            measured(f"{name}: old events deleted", one.pruned_per_s, "1/s"),
            below(f"{name}: durable meanwhile, p99", one.durable.p99_ms, DURABLE_GOAL_MS),
        ]
    _print(calls, found)
    print(goals(figures))
    return figures


@contextmanager
def databases() -> Iterator[dict[str, Callable[[str], tuple[str, Path]]]]:
    """Name -> what makes an empty one: its URL, and a spill file."""
    with TemporaryDirectory(prefix="ivr-bench-") as name:
        directory = Path(name)

        def sqlite(purpose: str) -> tuple[str, Path]:
            return f"sqlite:///{directory / purpose}.db", directory / f"{purpose}.spill"

        (directory / "pg").mkdir()
        with running(directory / "pg", durable=True) as server:

            def postgresql(purpose: str) -> tuple[str, Path]:
                return server.new_database(), directory / f"pg-{purpose}.spill"

            yield {"SQLite": sqlite, "PostgreSQL": postgresql}


async def measure(new: Callable[[str], tuple[str, Path]], calls: int) -> Measured:
    written = await written_per_s(*new("written"))
    url, spill = new("history")
    stored = store(url, calls)
    end = BEGIN + calls * GAP_S
    day_s = report_s(url, max(BEGIN, end - DAY_S), end)
    all_s = report_s(url, BEGIN, end)
    rebuilt = rebuilt_per_s(url, calls)
    pruned, durable = await pruned_per_s(url, spill, BEGIN + calls // 2 * GAP_S)
    return Measured(written, stored, day_s, all_s, rebuilt, pruned, durable)


async def written_per_s(url: str, spill: Path) -> float:
    """Through the journal, as a server does, until the database holds them all."""
    journal = Journal(url, spill)
    await journal.start()
    happened = list(islice(history(BEGIN, WRITTEN), WRITTEN))
    began = time.perf_counter()
    for first in range(0, WRITTEN, AT_ONCE):
        for event in happened[first : first + AT_ONCE]:
            journal.record(event)
        await journal.flush(60.0)
    await journal.settled(60.0)
    lasted_s = time.perf_counter() - began
    await journal.close()
    return WRITTEN / lasted_s


def store(url: str, calls: int) -> float:
    """The history, without a journal: events per second."""
    engine = database.open_engine(url)
    database.migrate(engine)
    numbers, happened = Numbers(0, {}), history(BEGIN, calls)
    began = time.perf_counter()
    while some := list(islice(happened, STORED_AT_ONCE)):
        database.store(engine, [entry_of(one, *numbers.take(call_of(one))) for one in some])
    engine.dispose()
    return calls * EVENTS_PER_CALL / (time.perf_counter() - began)


def report_s(url: str, begin: float, end: float) -> float:
    """Everything, cut by days, with pictures."""
    reader = HistoryReader.open(url)
    asked = Asked("all", Span(begin, end, ZoneInfo("UTC")), by="day", drawn=True)
    began = time.perf_counter()
    make(reader, asked, SITE, set(), end).text("html")
    lasted_s = time.perf_counter() - began
    reader.close()
    return lasted_s


def rebuilt_per_s(url: str, calls: int) -> float:
    engine = database.open_engine(url)
    began = time.perf_counter()
    for _ in Projector(engine).rebuild(time.time()):
        pass
    engine.dispose()
    return calls / (time.perf_counter() - began)


async def pruned_per_s(url: str, spill: Path, before: float) -> tuple[float, Series]:
    """Events deleted a second, and how long it was until others were durable meanwhile."""
    journal, engine = Journal(url, spill), database.open_engine(url)
    await journal.start()
    durable_s: list[float] = []
    writing = asyncio.create_task(_go_on(journal, durable_s))
    pruner = EventPruner(engine, lambda: "UTC", time.time)
    await pruner.due(before, Kept(frozenset()))
    durable_s.clear()
    began = time.perf_counter()
    done = await pruner.prune(before, Kept(frozenset()))
    lasted_s = time.perf_counter() - began
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await journal.close()
    engine.dispose()
    return done.events / lasted_s, Series("durable", durable_s)


async def _go_on(journal: Journal, durable_s: list[float]) -> None:
    """A hundred events a second, each waited for by itself."""

    async def one() -> None:
        began = time.perf_counter()
        journal.record(AmiConnected(at=time.time()))
        await journal.flush(60.0)
        durable_s.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        while True:
            group.create_task(one())
            await asyncio.sleep(PACE_S)


def _at_least(name: str, value: float, unit: str, goal: float) -> Figure:
    return Figure(name, round(value), unit, None, None, f">= {goal:g} {unit}", value >= goal)


def _print(calls: int, found: dict[str, Measured]) -> None:
    rows = {
        "events written by the journal, 1/s": lambda one: f"{one.written_per_s:,.0f}",
        "events stored in bulk, 1/s": lambda one: f"{one.stored_per_s:,.0f}",
        "report of everything over its last day, s": lambda one: f"{one.day_s:.1f}",
        "report of everything over all of it, s": lambda one: f"{one.all_s:.1f}",
        "`ivr journal rebuild`, calls/s": lambda one: f"{one.rebuilt_per_s:,.0f}",
        "old events deleted, 1/s": lambda one: f"{one.pruned_per_s:,.0f}",
        "an event durable meanwhile, median (p99), ms": lambda one: (
            f"{one.durable.p50_ms:.0f} ({one.durable.p99_ms:.0f})"
        ),
    }
    print(
        f"\nThe journal, {calls * EVENTS_PER_CALL:,} events of {calls:,} calls in "
        f"{calls * GAP_S / DAY_S:.0f} days\n"
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}\n\n"
        f"| | {' | '.join(found)} |\n| --- |{' ---: |' * len(found)}"
    )
    for title, shown in rows.items():
        print(f"| {title} | {' | '.join(shown(one) for one in found.values())} |")
    print()
