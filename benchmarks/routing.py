"""How long one event takes in the routing core, and how that grows with the size of the centre.

    python benchmarks/routing.py            the sizes below
    python benchmarks/routing.py --quick    the small ones

Two situations, each in a steady state: many waiting calls with nobody free, where every turn ends
a conversation and rings somebody new; and many free agents with nobody waiting, where every turn
brings a call in. Skills overlap at random; the seed is fixed.
"""

import argparse
import gc
import random
import statistics
from collections import defaultdict
from collections.abc import Callable
from time import perf_counter_ns

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
from ivr.model.ids import AgentId, CallId, QueueId
from ivr.model.site import Site

SEED = 20261122
TURNS = 2000
SIZES = ((100, 100, 20), (1000, 1000, 50), (3000, 3000, 100), (10_000, 10_000, 200))
"""Agents, waiting calls, skills."""


def make_site(agents: int, skills: int, dice: random.Random) -> Site:
    names = [f"s{number}" for number in range(skills)]
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
                f"q{number}": {"title": f"Queue {number}", "length_max": 10_000, "wrap_up_s": 5}
                for number in range(20)
            },
            "emergency": {"say": "Sorry", "ring": ["100000"]},
        }
    )


class Bench:
    """An engine with a stopwatch per kind of message."""

    def __init__(self, agents: int, calls: int, skills: int) -> None:
        self.dice = random.Random(SEED)  # noqa: S311 - repeatable, not secret
        self.engine = Engine(make_site(agents, skills, self.dice))
        self.agents, self.calls, self.skills = agents, calls, skills
        self.now = 0.0
        self.entered = 0
        self.took_us: defaultdict[str, list[float]] = defaultdict(list)
        self.talking: list[CallId] = []
        self.measuring = False

    def feed(self, message: Input) -> list[Command]:
        self.now += 0.01
        began = perf_counter_ns()
        commands = self.engine.handle(message, self.now)
        self.engine.next_deadline()
        if self.measuring:
            self.took_us[type(message).__name__].append((perf_counter_ns() - began) / 1000)
        return commands

    def answer(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, Ring):
                self.feed(OfferRinging(command.offer))
                self.feed(OfferAnswered(command.offer))
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

    def enter(self) -> list[Command]:
        self.entered += 1
        return self.feed(
            Enter(
                CallId(f"c{self.entered}"),
                QueueId(f"q{self.entered % 20}"),
                self.requirement(),
                self.dice.choice((0, 0, 0, 1, 5)),
                self.now,
                self.now + 1e6,
            )
        )

    def hang_up(self, agent_of: dict[CallId, AgentId]) -> None:
        place = self.dice.randrange(len(self.talking))
        self.talking[place], self.talking[-1] = self.talking[-1], self.talking[place]
        call = self.talking.pop()
        self.feed(ConversationEnded(call))
        self.answer(self.feed(Ready(agent_of[call])))

    def crowded(self) -> None:
        """Everybody talks, the line stays as long as it is: one ends, one comes."""
        for number in range(self.agents):
            self.answer(self.feed(LogIn(AgentId(f"a{number}"))))
        while sum(call.offer is None for call in self.engine.calls()) < self.calls:
            for _ in range(max(1, self.calls // 10)):
                self.answer(self.enter())
        self.turns(lambda: self.answer(self.enter()))

    def idle(self) -> None:
        """Nearly everybody is free: calls come in and are served at once."""
        for number in range(self.agents):
            self.feed(LogIn(AgentId(f"a{number}")))
        for _ in range(10):
            self.answer(self.enter())
        self.turns(lambda: self.answer(self.enter()))

    def turns(self, come: Callable[[], None]) -> None:
        gc.collect()
        gc.freeze()
        self.measuring = True
        for _ in range(TURNS):
            come()
            if self.talking:
                self.hang_up({CallId(c): a for c, a in self.engine.talks().items()})
        self.measuring = False
        gc.unfreeze()


def report(name: str, bench: Bench) -> None:
    every = [took for all_of_kind in bench.took_us.values() for took in all_of_kind]
    rows = {"all events": every, **dict(sorted(bench.took_us.items()))}
    print(f"\n{name}: {bench.agents} agents, {bench.calls} calls, {bench.skills} skills")
    for kind, took in rows.items():
        cuts = statistics.quantiles(took, n=100)
        print(
            f"  {kind:18} {len(took):6}   median {cuts[49]:8.1f} us   p99 {cuts[98]:8.1f} us"
            f"   max {max(took):8.1f} us"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="only the sizes up to 1,000")
    quick = parser.parse_args().quick
    for agents, calls, skills in SIZES:
        if quick and agents > 1000:
            continue
        for name in ("crowded", "idle"):
            bench = Bench(agents, calls, skills)
            getattr(bench, name)()
            report(name, bench)


if __name__ == "__main__":
    main()
