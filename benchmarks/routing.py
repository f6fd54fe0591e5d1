"""How long one event takes in the routing core, and how that grows with the size of the centre.

    make bench ARGS="--only routing"    the sizes below; writes docs/routing-growth.svg

Two situations, each in a steady state. `crowded`: many waiting calls with nobody free, every turn
ends a conversation, rings somebody new, and brings a call in. `idle`: nearly everybody free, every
turn a call comes and is served, and another ends. Skills overlap at random, no two agents need be
alike, queues have all strategies in turn, calls ask for one of a thousand different things; the
seed is fixed. The largest size comes again with two preferences and a timeline in every queue.
Measured is the processor time of the thread, so that other programs do not count. The scan decides
the same by looking at every agent and every call.
"""

import gc
import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import thread_time_ns
from typing import Any, get_args

from benchmarks.figures import Figure, compared, limit
from benchmarks.growth import Curve, draw
from benchmarks.scan import ScanEngine
from ivr.acd.engine import Engine
from ivr.acd.messages import (
    Command,
    ConversationEnded,
    Enter,
    Input,
    LogIn,
    OfferAnswered,
    OfferRinging,
    Ready,
    Ring,
)
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId, CallId, QueueId
from ivr.model.site import Site, StrategyName

SEED = 20261122
TURNS = 2000
SCAN_TURNS = 50
WISHING_TURNS = 500
WARM_TURNS = 200
REQUIREMENTS = 1000
SIZES = ((100, 20), (300, 30), (1000, 50), (3000, 100), (10_000, 200))
"""Agents, which is also the number of waiting calls; skills."""

SCAN_MAX = 300
"""Agents, beyond which the scan is not waited for."""

SITUATIONS = ("crowded", "idle")
QUEUES = 20
DRAWING = Path(__file__).parents[1] / "docs" / "routing-growth.svg"


def make_site(agents: int, skills: int, dice: random.Random, *, wishes: bool = False) -> Site:
    names = [f"s{number}" for number in range(skills)]
    strategies = get_args(StrategyName)
    return Site.model_validate(
        {
            "numbers": {"100": "main"},
            "skills": {name: name for name in names},
            "teams": {"all": "All"},
            "agents": {
                f"a{number}": {
                    "name": f"Agent {number}",
                    "extension": str(100_000 + number),
                    "team": "all",
                    "skills": {
                        name: dice.randint(1, 10) for name in dice.sample(names, dice.randint(1, 8))
                    },
                }
                for number in range(agents)
            },
            "queues": {
                f"q{number}": {
                    "title": f"Queue {number}",
                    "length_max": 10_000,
                    "wrap_up_s": 5,
                    "strategy": strategies[number % len(strategies)],
                    **(_wishes(dice.sample(names, 5)) if wishes else {}),
                }
                for number in range(QUEUES)
            },
            "emergency": {"say": "Sorry", "ring": ["100000"]},
        }
    )


def _wishes(names: list[str]) -> dict[str, Any]:
    """Two preferences, and a timeline of two steps: less of two skills, then a third one, too."""
    one, other, third, first, second = names
    return {
        "prefer": [f"{first} >= 3", f"{second} >= 1"],
        "relax": [
            {"after": 20, "lower": {one: 1, other: 1}, "priority": 1},
            {"after": 60, "add": f"{third} >= 5"},
        ],
    }


class Bench:
    """An engine with a stopwatch per kind of message."""

    def __init__(self, kind: type[Engine], size: int, skills: int, *, wishes: bool = False) -> None:
        self.dice = random.Random(SEED)  # noqa: S311 - repeatable, not secret
        self.engine = kind(make_site(size, skills, self.dice, wishes=wishes))
        self.size, self.skills = size, skills
        self.asked = [self.requirement() for _ in range(REQUIREMENTS)]
        self.now = 0.0
        self.entered = 0
        self.took_us: defaultdict[str, list[float]] = defaultdict(list)
        self.talks: dict[CallId, AgentId] = {}
        self.talking: list[CallId] = []
        self.measuring = False

    def feed(self, message: Input) -> list[Command]:
        self.now += 0.01
        began = thread_time_ns()
        commands = self.engine.handle(message, self.now)
        self.engine.next_deadline()
        if self.measuring:
            self.took_us[type(message).__name__].append((thread_time_ns() - began) / 1000)
        return commands

    def answer(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, Ring):
                self.feed(OfferRinging(command.offer))
                self.feed(OfferAnswered(command.offer))
                self.talks[command.call] = command.agent
                self.talking.append(command.call)

    def requirement(self) -> str:
        """One skill or two, at some level; or an alternative; seldom nothing at all."""
        one, other = self.dice.sample(range(self.skills), 2)
        level = self.dice.choice((1, 3, 5))
        kind = self.dice.random()
        if kind < 0.5:
            return f"s{one} >= {level}"
        if kind < 0.85:
            return f"s{one} >= {level} and s{other} >= 1"
        return f"s{one} >= {level} or s{other} >= 8" if kind < 0.98 else ""

    def enter(self) -> None:
        self.entered += 1
        call, queue = CallId(f"c{self.entered}"), QueueId(f"q{self.entered % QUEUES}")
        skills, priority = self.dice.choice(self.asked), self.dice.choice((0, 0, 0, 1, 5))
        self.answer(self.feed(Enter(call, queue, skills, priority, self.now, self.now + 1e6)))

    def hang_up(self) -> None:
        place = self.dice.randrange(len(self.talking))
        self.talking[place], self.talking[-1] = self.talking[-1], self.talking[place]
        call = self.talking.pop()
        self.feed(ConversationEnded(call))
        self.answer(self.feed(Ready(self.talks.pop(call))))

    def crowded(self, turns: int) -> None:
        """Nobody is free and the line as long as there are agents; one ends, one comes.

        The line is there before the agents are: so it is filled without being served.
        """
        for _ in range(2 * self.size):
            self.enter()
        for agent in self.engine.agents():
            self.answer(self.feed(LogIn(agent.agent)))
        self.turns(turns)

    def idle(self, turns: int) -> None:
        """Nearly everybody is free: calls come in and are served at once."""
        for agent in self.engine.agents():
            self.feed(LogIn(agent.agent))
        for _ in range(10):
            self.enter()
        self.turns(turns)

    def turns(self, turns: int) -> None:
        self.go(WARM_TURNS * turns // TURNS)
        gc.collect()
        gc.freeze()
        self.measuring = True
        self.go(turns)
        self.measuring = False
        gc.unfreeze()

    def go(self, turns: int) -> None:
        for _ in range(turns):
            self.enter()
            if self.talking:
                self.hang_up()


@dataclass(frozen=True)
class Row:
    """Microseconds."""

    kind: str
    count: int
    median: float
    p99: float
    most: float


def rows(bench: Bench) -> list[Row]:
    every = [took for all_of_kind in bench.took_us.values() for took in all_of_kind]
    found = []
    for kind, took in {"all events": every, **dict(sorted(bench.took_us.items()))}.items():
        cuts = statistics.quantiles(took, n=100)
        found.append(Row(kind, len(took), cuts[49], cuts[98], max(took)))
    return found


def measure(
    kind: type[Engine], situation: str, size: int, skills: int, turns: int, *, wishes: bool = False
) -> list[Row]:
    bench = Bench(kind, size, skills, wishes=wishes)
    run: Callable[[int], None] = getattr(bench, situation)
    run(turns)
    views = bench.engine.agents()
    free = sum(view.state is AgentState.AVAILABLE for view in views)
    waiting = len(bench.engine.calls())
    name = "scan" if kind is ScanEngine else "ivr"
    more = ", preferences and timelines" if wishes else ""
    centre = f"{size} agents ({free} free), {waiting} calls, {skills} skills{more}"
    print(f"\n{situation}, {name}: {centre}")
    for row in (found := rows(bench)):
        print(
            f"  {row.kind:18} {row.count:6}   median {row.median:9.1f} us"
            f"   p99 {row.p99:9.1f} us   max {row.most:9.1f} us"
        )
    return found


def report() -> list[Figure]:
    """All sizes, printed and drawn; the figures of the largest, beside the scan where it ends."""
    curves: dict[str, Curve] = defaultdict(list)
    for size, skills in SIZES:
        for situation in SITUATIONS:
            row, *_ = measure(Engine, situation, size, skills, TURNS)
            curves[f"ivr, {situation}: median"].append((size, row.median))
            curves[f"ivr, {situation}: p99"].append((size, row.p99))
            if size <= SCAN_MAX:
                row, *_ = measure(ScanEngine, situation, size, skills, SCAN_TURNS)
                curves[f"scan, {situation}: median"].append((size, row.median))
    wishing = [_wishing(situation) for situation in SITUATIONS]
    DRAWING.write_text(draw(curves), "utf-8")
    print(f"\n{DRAWING.relative_to(DRAWING.parents[1])}")
    return [
        *(figure for situation in SITUATIONS for figure in _figures(situation, curves)),
        *wishing,
    ]


def _wishing(situation: str) -> Figure:
    size, skills = SIZES[-1]
    row, *_ = measure(Engine, situation, size, skills, WISHING_TURNS, wishes=True)
    return limit(f"preferences and timelines, {situation}, {size}: median", row.median, "us", 500)


def _figures(situation: str, curves: Mapping[str, Curve]) -> Iterator[Figure]:
    median, p99 = dict(curves[f"ivr, {situation}: median"]), dict(curves[f"ivr, {situation}: p99"])
    scan, largest = dict(curves[f"scan, {situation}: median"]), SIZES[-1][0]
    name = f"routing event, {situation}"
    yield limit(f"{name}, {largest}: median", median[largest], "us", 100)
    yield limit(f"{name}, {largest}: p99", p99[largest], "us", 1000)
    yield limit(f"{name}: growth from 1000 to {largest}", median[largest] / median[1000], "x", 2)
    yield compared(f"{name}, {SCAN_MAX}", median[SCAN_MAX], "us", scan[SCAN_MAX], more=False)


if __name__ == "__main__":
    report()
