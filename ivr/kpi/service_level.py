"""Service level and abandonment, out of five counts."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Calls of one queue and one period. T is the queue's threshold."""

    answered: int
    answered_in_time: int
    """Answered within T."""
    abandoned: int
    abandoned_in_time: int
    """Abandoned within T."""
    abandoned_short: int
    """Abandoned within the limit below which nobody could have answered."""


def offered_minus_short(counts: Counts) -> float | None:
    """Short abandonments are left out: those callers did not want to wait at all."""
    offered = counts.answered + counts.abandoned - counts.abandoned_short
    return _ratio(counts.answered_in_time, offered)


def answered(counts: Counts) -> float | None:
    """Of those answered; blind to who gave up. What `app_queue` calls ServicelevelPerf."""
    return _ratio(counts.answered_in_time, counts.answered)


def all_in_time(counts: Counts) -> float | None:
    """Who gave up within T counts as served in time: `app_queue`'s ServicelevelPerf2."""
    in_time = counts.answered_in_time + counts.abandoned_in_time
    return _ratio(in_time, counts.answered + counts.abandoned)


def offered(counts: Counts) -> float | None:
    """Of all who waited."""
    return _ratio(counts.answered_in_time, counts.answered + counts.abandoned)


def excluding_fast_abandons(counts: Counts) -> float | None:
    """Whoever gave up within T is left out."""
    waited = counts.answered + counts.abandoned - counts.abandoned_in_time
    return _ratio(counts.answered_in_time, waited)


def abandonment(counts: Counts) -> float | None:
    """Share of callers who hung up while waiting; call-backs, keys and time-outs are none."""
    lost = counts.abandoned - counts.abandoned_short
    return _ratio(lost, counts.answered + lost)


SERVICE_LEVELS: dict[str, Callable[[Counts], float | None]] = {
    "offered_minus_short": offered_minus_short,
    "answered": answered,
    "all_in_time": all_in_time,
    "offered": offered,
    "excluding_fast_abandons": excluding_fast_abandons,
}
"""Formula by its name."""

DEFAULT = "offered_minus_short"


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
