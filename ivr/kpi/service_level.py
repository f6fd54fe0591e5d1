"""Service level and abandonment, out of five counts."""

from collections.abc import Callable
from dataclasses import dataclass

SHORT_ABANDON_S = 5.0
"""Who hangs up within this time had not meant to wait."""


@dataclass(frozen=True)
class Counts:
    """Calls of one queue and one period. T is the queue's threshold."""

    answered: int
    """A."""
    answered_in_time: int
    """A_T: answered within T."""
    abandoned: int
    """B."""
    abandoned_in_time: int
    """B_T: abandoned within T."""
    abandoned_short: int
    """S: abandoned within the limit below which nobody could have answered."""


def offered_minus_short(counts: Counts) -> float | None:
    """A_T / (A + B - S): short abandonments are left out, those callers did not want to wait."""
    offered = counts.answered + counts.abandoned - counts.abandoned_short
    return _ratio(counts.answered_in_time, offered)


def answered(counts: Counts) -> float | None:
    """A_T / A: blind to who gave up. What `app_queue` calls ServicelevelPerf."""
    return _ratio(counts.answered_in_time, counts.answered)


def all_in_time(counts: Counts) -> float | None:
    """(A_T + B_T) / (A + B): who gave up within T counts as served in time.

    `app_queue`'s ServicelevelPerf2.
    """
    in_time = counts.answered_in_time + counts.abandoned_in_time
    return _ratio(in_time, counts.answered + counts.abandoned)


def offered(counts: Counts) -> float | None:
    """A_T / (A + B): of all who waited until answered or tired."""
    return _ratio(counts.answered_in_time, counts.answered + counts.abandoned)


def excluding_fast_abandons(counts: Counts) -> float | None:
    """A_T / (A + B - B_T): whoever gave up within T is left out."""
    waited = counts.answered + counts.abandoned - counts.abandoned_in_time
    return _ratio(counts.answered_in_time, waited)


def abandonment(counts: Counts) -> float | None:
    """(B - S) / (A + B - S): who hung up while waiting; call-backs, keys, time-outs are none."""
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
