"""One replication in figures, by queue and for all queues together."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from ivr.kpi import DEFAULT, SERVICE_LEVELS, Counts, Seconds, abandonment, asa, occupancy
from ivr.kpi import utilisation as utilisation_of
from ivr.model.agents import QueueOutcome
from ivr.model.site import Site
from ivr.simulate.record import OUTCOMES, QueueRecord, Record
from ivr.simulate.scenario import HALF_HOUR_S, Scenario

ALL = "all queues"
"""Every queue together; a queue's own name holds no blank."""

Figures = Mapping[str, float | None]
ANSWERED = OUTCOMES.index(QueueOutcome.ANSWERED)
ABANDONED = OUTCOMES.index(QueueOutcome.ABANDONED)


@dataclass(frozen=True)
class Summary:
    """What is kept of one replication."""

    figures: Mapping[str, Figures]
    """Queue (or `ALL`) -> name of the figure -> value; None where nothing was counted."""
    half_hours: Mapping[str, Sequence[Counts]]
    """Queue (or `ALL`) -> counts by half hour of arrival."""
    waits_s: Mapping[str, Sequence[float]]
    """Queue -> waits of answered calls, in seconds."""
    offered: Mapping[str, int]
    """Queue -> answered and abandoned calls."""
    agents: Mapping[str, Seconds]
    calls: int
    messages: int


def summarise(record: Record, site: Site, scenario: Scenario) -> Summary:
    """The figures of measures.md, named after their formulas; seconds end in `_s`."""
    queues = record.queues
    limits = {name: (site.queues[name].service_level_s, scenario.short_abandon) for name in queues}
    figures = {name: _figures([(queues[name], limits[name])]) for name in queues}
    agents = {name: one.spent() for name, one in record.agents.items()}
    together = _figures([(queues[name], limits[name]) for name in queues])
    spent = _sum(agents.values())
    figures[ALL] = {
        **together,
        "occupancy": occupancy(spent),
        "utilisation": utilisation_of(spent),
    }
    half_hours = {name: _half_hours(queues[name], limits[name], scenario) for name in queues}
    half_hours[ALL] = [_add(column) for column in zip(*half_hours.values(), strict=True)]
    return Summary(
        figures=figures,
        half_hours=half_hours,
        waits_s={
            name: array("d", sorted(one.waits(QueueOutcome.ANSWERED)))
            for name, one in queues.items()
        },
        offered={
            name: one.count(QueueOutcome.ANSWERED) + one.count(QueueOutcome.ABANDONED)
            for name, one in queues.items()
        },
        agents=agents,
        calls=record.calls,
        messages=record.messages,
    )


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The least value which at least this share does not exceed; `ordered` rises."""
    if not ordered:
        return None
    return ordered[max(0, min(len(ordered) - 1, -int(-share * len(ordered) // 1) - 1))]


Limits = tuple[float, float]
"""Service level threshold and limit of short abandonments, in seconds."""


def _figures(parts: Sequence[tuple[QueueRecord, Limits]]) -> dict[str, float | None]:
    records = [one for one, _ in parts]
    counts = _add(_counts(zip(one.waits_s, one.outcomes, strict=True), at) for one, at in parts)
    waits = sorted(wait for one in records for wait in one.waits(QueueOutcome.ANSWERED))
    handled_s = sum(one.talk_s + one.wrap_up_s for one in records)
    outcomes = {
        outcome.value: float(sum(one.count(outcome) for one in records)) for outcome in OUTCOMES
    }
    levels = {f"service_level_{name}": formula(counts) for name, formula in SERVICE_LEVELS.items()}
    return {
        "entered": float(sum(len(one.outcomes) for one in records)),
        **outcomes,
        "again": float(sum(one.again for one in records)),
        "kept": float(sum(one.kept for one in records)),
        "offers": float(sum(one.offers for one in records)),
        "missed": float(sum(one.missed for one in records)),
        "relaxed": float(sum(one.relaxed for one in records)),
        "reached": float(sum(one.reached for one in records)),
        "unreached": float(sum(one.unreached for one in records)),
        **levels,
        "abandonment": abandonment(counts),
        "asa_s": asa(counts.answered, sum(waits)),
        "wait_p50_s": percentile(waits, 0.5),
        "wait_p95_s": percentile(waits, 0.95),
        "wait_max_s": waits[-1] if waits else None,
        "aht_s": handled_s / counts.answered if counts.answered else None,
    }


SERVICE_LEVEL = f"service_level_{DEFAULT}"


def _counts(calls: Iterable[tuple[float, int]], limits: Limits) -> Counts:
    threshold_s, short_s = limits
    answered = in_time = abandoned = abandoned_in_time = short = 0
    for wait_s, outcome in calls:
        if outcome == ANSWERED:
            answered += 1
            in_time += wait_s <= threshold_s
        elif outcome == ABANDONED:
            abandoned += 1
            abandoned_in_time += wait_s <= threshold_s
            short += wait_s < short_s
    return Counts(answered, in_time, abandoned, abandoned_in_time, short)


def _half_hours(record: QueueRecord, limits: Limits, scenario: Scenario) -> list[Counts]:
    calls: list[list[tuple[float, int]]] = [[] for _ in range(ceil(scenario.length / HALF_HOUR_S))]
    rows = zip(record.arrived_s, record.waits_s, record.outcomes, strict=True)
    for arrived_s, wait_s, outcome in rows:
        calls[int(arrived_s // HALF_HOUR_S)].append((wait_s, outcome))
    return [_counts(some, limits) for some in calls]


def _add(parts: Iterable[Counts]) -> Counts:
    columns = [
        (c.answered, c.answered_in_time, c.abandoned, c.abandoned_in_time, c.abandoned_short)
        for c in parts
    ]
    return Counts(*(sum(column) for column in zip(*columns, strict=True)))


def _sum(parts: Iterable[Seconds]) -> Seconds:
    spent = list(parts)
    return Seconds(
        available=sum(one.available for one in spent),
        ringing=sum(one.ringing for one in spent),
        talk=sum(one.talk for one in spent),
        hold=sum(one.hold for one in spent),
        wrap_up=sum(one.wrap_up for one in spent),
        paused=sum(one.paused for one in spent),
    )
