"""What `ivr simulate run` shows: tables, and the same as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from ivr.kpi import Seconds, occupancy
from ivr.simulate.compare import Difference
from ivr.simulate.confidence import Interval
from ivr.simulate.runs import Runs
from ivr.simulate.summary import ALL, SERVICE_LEVEL

COLUMNS = {
    "entered": "calls",
    "answered": "answered",
    SERVICE_LEVEL: "service level*",
    "abandonment": "abandonment",
    "asa_s": "ASA",
    "wait_p95_s": "95 % wait",
    "aht_s": "AHT",
}
NOTE = "* offered_minus_short: answered in time / (answered + abandoned - short)"


def summary_tables(runs: Runs) -> list[Table]:
    """Queues, then agents; ± is the 95 % confidence interval over replications."""
    count = len(runs.summaries)
    title = f"{runs.name}: {count} replications, seed {runs.scenario.seed}"
    queues = _table(title, ["queue", *COLUMNS.values()], NOTE)
    for queue in (*runs.queues, ALL):
        cells = [shown(name, runs.interval(queue, name)) for name in COLUMNS]
        queues.add_row(queue, *cells)
    agents = _table("", ["agent", "occupancy", "talk", "wrap-up", "ringing", "free", "paused"])
    for agent in runs.summaries[0].agents:
        agents.add_row(agent, *_agent([one.agents[agent] for one in runs.summaries]))
    together = runs.interval(ALL, "occupancy")
    agents.add_row("all agents", shown("occupancy", together), *[""] * 5)
    return [queues, agents]


def comparison_table(runs: Sequence[Runs], differences: Sequence[Difference]) -> Table:
    """One line per figure and queue, with the verdict."""
    note = "paired over replications; of twenty lines one may show a difference by chance alone"
    first, second = (one.name for one in runs)
    columns = ["queue", "figure", first, second, "change (95 %)", "second policy is"]
    table = _table("", columns, note)
    for one in differences:
        numbers = [shown(one.figure, part) for part in (one.first, one.second, one.change)]
        table.add_row(one.queue, COLUMNS.get(one.figure, one.figure), *numbers, one.verdict)
    return table


def shown(figure: str, found: Interval | None) -> str:
    """A figure in its unit, with its uncertainty."""
    if found is None:
        return "-"
    text = number(figure, found.mean)
    return text if found.half_width is None else f"{text} ± {number(figure, found.half_width)}"


def number(figure: str, value: float) -> str:
    if figure.endswith("_s"):
        return f"{value:.1f} s"
    return f"{value:.0f}" if figure in ("entered", "answered") else f"{value * 100:.1f} %"


def as_json(runs: Sequence[Runs], differences: Sequence[Difference]) -> str:
    """Every figure of every replication; nothing in it depends on the machine."""
    data = {
        "policies": [_policy(one) for one in runs],
        "differences": [asdict(one) for one in differences],
    }
    return json.dumps(data, indent=2)


def _policy(runs: Runs) -> dict[str, Any]:
    scenario = runs.scenario
    return {
        "name": runs.name,
        "seed": scenario.seed,
        "replications": len(runs.summaries),
        "length_s": scenario.length,
        "warm_up_s": scenario.warm_up,
        "queues": {
            queue: {
                name: {"values": runs.values(queue, name), **_interval(runs.interval(queue, name))}
                for name in names
            }
            for queue, names in runs.figures.items()
        },
        "half_hours": {
            queue: [asdict(counts) for counts in runs.half_hours(queue)] for queue in runs.figures
        },
        "agents": {
            agent: [asdict(one.agents[agent]) for one in runs.summaries]
            for agent in runs.summaries[0].agents
        },
    }


def _interval(found: Interval | None) -> dict[str, float | None]:
    if found is None:
        return {"mean": None, "half_width_95": None}
    return {"mean": found.mean, "half_width_95": found.half_width}


def _agent(spent: Sequence[Seconds]) -> list[str]:
    shares = [value for one in spent if (value := occupancy(one)) is not None]
    minutes = [
        f"{sum(values) / len(spent) / 60:.0f} min"
        for values in zip(
            *((one.talk, one.wrap_up, one.ringing, one.available, one.paused) for one in spent),
            strict=True,
        )
    ]
    return [number("occupancy", sum(shares) / len(shares)) if shares else "-", *minutes]


def _table(title: str, columns: Sequence[str], note: str = "") -> Table:
    table = Table(box=None, pad_edge=False, title=title or None, caption=note or None)
    table.title_justify = table.caption_justify = "left"
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right")
    return table
