"""Tables and plots as one HTML page that fetches nothing."""

from collections.abc import Sequence
from html import escape

from ivr.kpi import SERVICE_LEVELS, Seconds, occupancy
from ivr.picture.page import html_page
from ivr.picture.plot import COLOURS, Curve, bars, chart
from ivr.simulate.compare import Difference
from ivr.simulate.confidence import Interval
from ivr.simulate.runs import Runs
from ivr.simulate.summary import ALL, SERVICE_LEVEL, percentile

CURVE_POINTS = 120
AGENTS_MAX = 60
"""Bars drawn; a page with thousands of them says nothing."""


def page(title: str, runs: Sequence[Runs], differences: Sequence[Difference]) -> str:
    """The whole page, the same for the same runs."""
    parts = [f"<h1>{escape(title)}</h1>", f"<p class=note>{escape(_about(runs[0]))}</p>"]
    if differences:
        parts.append(_differences(runs, differences))
    for one in runs:
        parts += [f"<h2>{escape(one.name)}: wait</h2>", _waits(one)]
        parts += [f"<h2>{escape(one.name)}: service level by half hour</h2>", _levels(one)]
        parts += [f"<h2>{escape(one.name)}: occupancy by agent</h2>", _occupancy(one)]
    return html_page(title, "\n".join(parts))


def _about(runs: Runs) -> str:
    scenario = runs.scenario
    return (
        f"{len(runs.summaries)} replications of {scenario.length / 3600:g} h, seed "
        f"{scenario.seed}; service level by the formula offered_minus_short."
    )


def _waits(runs: Runs) -> str:
    """Share answered within x, of all who waited until answered or tired. The slowest 5 % lie
    beyond the edge."""
    longest = [percentile(one.waits_s[q], 0.95) for one in runs.summaries for q in runs.queues]
    reach_s = max([10.0, *(wait for wait in longest if wait is not None)])
    curves = []
    for place, queue in enumerate(runs.queues):
        waits = sorted(wait for one in runs.summaries for wait in one.waits_s[queue])
        offered = sum(one.offered[queue] for one in runs.summaries)
        points, below = [], 0
        for step in range(CURVE_POINTS + 1):
            x = reach_s * step / CURVE_POINTS
            while below < len(waits) and waits[below] <= x:
                below += 1
            points.append((x, below / offered if offered else 0.0))
        curves.append(Curve(queue, _colour(place), points))
    return chart(curves, "seconds waited", "answered within, of all who waited")


def _levels(runs: Runs) -> str:
    formula = SERVICE_LEVELS[SERVICE_LEVEL.removeprefix("service_level_")]
    curves = []
    for place, queue in enumerate((*runs.queues, ALL)):
        levels = [formula(counts) for counts in runs.half_hours(queue)]
        points = [(n / 2 + 0.25, level) for n, level in enumerate(levels) if level is not None]
        curves.append(Curve(queue, _colour(place), points))
    return chart(curves, "hours since the beginning", "service level")


def _occupancy(runs: Runs) -> str:
    agents = list(runs.summaries[0].agents)
    shares = []
    for agent in agents[:AGENTS_MAX]:
        values = [_share(one.agents[agent]) for one in runs.summaries]
        shares.append((agent, sum(values) / len(values)))
    more = len(agents) - len(shares)
    note = f"<p class=note>and {more} more agents</p>" if more else ""
    return bars(shares, COLOURS[0]) + note


def _share(spent: Seconds) -> float:
    return occupancy(spent) or 0.0


def _differences(runs: Sequence[Runs], differences: Sequence[Difference]) -> str:
    head = "".join(
        f"<th>{escape(text)}</th>"
        for text in ("queue", "figure", *(one.name for one in runs), "change", "second policy is")
    )
    rows = "".join(
        f"<tr><td>{escape(one.queue)}</td><td>{one.figure}</td><td>{one.first.mean:.4g}</td>"
        f"<td>{one.second.mean:.4g}</td><td>{_change(one.change)}</td><td>{one.verdict}</td></tr>"
        for one in differences
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _change(change: Interval) -> str:
    width = "(one run)" if change.half_width is None else f"± {change.half_width:.2g}"
    return f"{change.mean:+.3g} {width}"


def _colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]
