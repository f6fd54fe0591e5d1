"""Simulation held against theory: cases, what the formulas say, what the real core does."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.kpi import Counts
from ivr.model.agents import QueueOutcome
from ivr.model.site import Site
from ivr.simulate.confidence import Interval, interval
from ivr.simulate.driver import simulate
from ivr.simulate.erlang import Load, Theory, erlang_a, erlang_c
from ivr.simulate.record import QueueRecord, Record
from ivr.simulate.scenario import HALF_HOUR_S, Scenario

THRESHOLD_S = 20.0
SEED = 2026
LEVEL = 0.99
"""So many figures are looked at that one in twenty would be outside of 95 % by chance."""
WARM_UP_TALKS = 200
"""Conversations' lengths until the empty beginning is forgotten, also at 96 % occupancy."""
FOREVER_S = 31 * 86400.0

LOADS: Mapping[str, Load] = {
    "M/M/c, 10 erlangs, 14 agents": Load(200 / HALF_HOUR_S, 90, 14),
    "M/M/c, 48 erlangs, 50 agents": Load(48 / 60, 60, 50),
    "M/M/c+M, 48 erlangs, 50 agents, patience 120 s": Load(48 / 60, 60, 50, 120),
    "M/M/c+M, 22 erlangs, 20 agents, patience 60 s": Load(22 / 180, 180, 20, 60),
}
"""One skill; the second and third are the published comparison of the two formulas."""


@dataclass(frozen=True)
class Line:
    """One figure of one case."""

    case: str
    figure: str
    theory: str
    simulated: Interval
    holds: bool
    """Whether theory lies within the simulated interval, or the bounds around it."""


def one_skill(hours: float, replications: int, loads: Mapping[str, Load] = LOADS) -> Iterator[Line]:
    """Every load, each figure with its confidence interval; each load has chance of its own."""
    for number, (case, load) in enumerate(loads.items()):
        theory = (erlang_c if load.patience_s == float("inf") else erlang_a)(load, THRESHOLD_S)
        scenario = _scenario(
            {"q": load.calls_per_s}, load, [("", load.agents)], hours, SEED + number
        )
        runs = [_theory(simulate(SITE, scenario, n + 1)) for n in range(replications)]
        for name in ("waiting", "wait_s", "abandoned", "in_time", "occupancy"):
            if theory.abandoned or name != "abandoned":
                values = [getattr(run, name) for run in runs]
                yield _line(case, name, getattr(theory, name), values)


def two_skills(hours: float, replications: int) -> Line:
    """Two lines of calls; some agents serve one, some the other, a few serve both: better than
    two separate teams, not better than a team in which everybody can do everything."""
    calls_per_s, talk_s, only, both = 6 / 180, 180.0, 5, 4
    pooled = erlang_c(Load(2 * calls_per_s, talk_s, 2 * only + both), THRESHOLD_S).wait_s
    dedicated = erlang_c(Load(calls_per_s, talk_s, only + both // 2), THRESHOLD_S).wait_s
    load = Load(2 * calls_per_s, talk_s, 2 * only + both)
    groups = [("a", only), ("b", only), ("ab", both)]
    scenario = _scenario({"a": calls_per_s, "b": calls_per_s}, load, groups, hours, SEED)
    runs = [_theory(simulate(SITE, scenario, n + 1)).wait_s for n in range(replications)]
    found = _known(interval(runs, LEVEL))
    holds = pooled < _low(found) and _high(found) < dedicated
    bounds = f"{_number('wait_s', pooled)} (pooled) to {_number('wait_s', dedicated)} (dedicated)"
    return Line("two skills, 5 + 5 agents with one, 4 with both", "wait_s", bounds, found, holds)


def table(lines: Iterable[Line]) -> str:
    """Markdown."""
    rows = [
        "| case | figure | theory | simulated (99 %) | within |",
        "| --- | --- | --- | --- | --- |",
    ]
    for line in lines:
        name = NAMES[line.figure]
        mean = _number(line.figure, line.simulated.mean)
        width = _number(line.figure, line.simulated.half_width or 0.0)
        holds = "yes" if line.holds else "NO"
        rows.append(f"| {line.case} | {name} | {line.theory} | {mean} ± {width} | {holds} |")
    return "\n".join(rows)


NAMES = {
    "waiting": "share of calls that wait",
    "wait_s": "mean wait",
    "abandoned": "share that hang up",
    "in_time": "answered within 20 s (`offered`)",
    "occupancy": "occupancy",
}

SITE = Site.model_validate(
    {
        "numbers": {"100": "main"},
        "skills": {"a": "First", "b": "Second"},
        "teams": {"all": "All"},
        "agents": {"nobody": {"name": "Nobody", "extension": "1000", "team": "all"}},
        "queues": {
            name: {
                "title": name,
                "skills": skills,
                "wrap_up_s": 0,
                "wait_s_max": FOREVER_S,
                "length_max": 10_000,
                "service_level_s": THRESHOLD_S,
            }
            for name, skills in {"q": "", "a": "a >= 1", "b": "b >= 1"}.items()
        },
        "emergency": {"say": "Sorry", "ring": ["1000"]},
    }
)
"""Nothing but lines and people: no wrap-up, no limits, answered as soon as the phone rings."""


def _scenario(
    calls_per_s: Mapping[str, float],
    load: Load,
    groups: list[tuple[str, int]],
    hours: float,
    seed: int,
) -> Scenario:
    patience = "endless" if load.patience_s == float("inf") else {"exponential": load.patience_s}
    return Scenario.model_validate(
        {
            "site": "theory",
            "length": hours * 3600 + WARM_UP_TALKS * load.talk_s,
            "warm_up": WARM_UP_TALKS * load.talk_s,
            "seed": seed,
            "queues": {
                name: {
                    "per_half_hour": [rate * HALF_HOUR_S],
                    "talk": {"exponential": load.talk_s},
                    "patience": patience,
                }
                for name, rate in calls_per_s.items()
            },
            "groups": {
                f"g{skills}": {"team": "all", "skills": dict.fromkeys(skills, 1)}
                for skills, _ in groups
            },
            "staffing": [{"group": f"g{skills}", "count": count} for skills, count in groups],
            "answering": {"delay": {"fixed": 0}},
        }
    )


def _theory(record: Record) -> Theory:
    """The same figures, counted."""
    queues = list(record.queues.values())
    calls = sum(len(queue.waits_s) for queue in queues)
    spent = [agent.spent() for agent in record.agents.values()]
    counts = [_counts(queue) for queue in queues]
    return Theory(
        waiting=sum(wait_s > 0 for queue in queues for wait_s in queue.waits_s) / calls,
        wait_s=sum(sum(queue.waits_s) for queue in queues) / calls,
        abandoned=sum(one.abandoned for one in counts) / calls,
        in_time=sum(one.answered_in_time for one in counts) / calls,
        occupancy=sum(one.busy for one in spent) / sum(one.logged_in for one in spent),
    )


def _counts(queue: QueueRecord) -> Counts:
    answered = queue.waits(QueueOutcome.ANSWERED)
    in_time = sum(wait_s <= THRESHOLD_S for wait_s in answered)
    return Counts(len(answered), in_time, queue.count(QueueOutcome.ABANDONED), 0, 0)


def _line(case: str, figure: str, theory: float, values: list[float]) -> Line:
    found = _known(interval(values, LEVEL))
    holds = _low(found) <= theory <= _high(found)
    return Line(case, figure, _number(figure, theory), found, holds)


def _known(found: Interval | None) -> Interval:
    if found is None or found.half_width is None:
        raise ValueError("theory is compared over at least two replications")
    return found


def _low(found: Interval) -> float:
    return found.mean - (found.half_width or 0.0)


def _high(found: Interval) -> float:
    return found.mean + (found.half_width or 0.0)


def _number(figure: str, value: float) -> str:
    return f"{value:.2f} s" if figure.endswith("_s") else f"{value:.2%}".replace("%", " %")
