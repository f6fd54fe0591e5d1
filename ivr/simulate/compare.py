"""Two policies on the very same callers: is the difference more than chance?"""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.simulate.confidence import Interval, interval
from ivr.simulate.runs import Runs
from ivr.simulate.summary import ALL, SERVICE_LEVEL

COMPARED: Mapping[str, int] = {
    SERVICE_LEVEL: +1,
    "abandonment": -1,
    "asa_s": -1,
    "wait_p95_s": -1,
    "occupancy": 0,
}
"""Figure -> +1: more is better; -1: less is better; 0: neither is."""


@dataclass(frozen=True)
class Difference:
    """One figure of one queue: the second policy less the first, replication by replication."""

    queue: str
    figure: str
    first: Interval
    second: Interval
    change: Interval
    verdict: str
    """`better`, `worse`, `higher`, `lower` or `no difference shown`."""


def compare(first: Runs, second: Runs) -> list[Difference]:
    """Paired over replications: both policies met the same callers, so most chance cancels out."""
    found = []
    for queue in (*first.queues, ALL):
        for figure, sense in COMPARED.items():
            pairs = zip(first.values(queue, figure), second.values(queue, figure), strict=True)
            both = [(a, b) for a, b in pairs if a is not None and b is not None]
            change = interval([b - a for a, b in both])
            before, after = interval([a for a, _ in both]), interval([b for _, b in both])
            if change is None or before is None or after is None:
                continue
            verdict = _verdict(change, sense)
            found.append(Difference(queue, figure, before, after, change, verdict))
    return found


def _verdict(change: Interval, sense: int) -> str:
    if change.half_width is None or abs(change.mean) <= change.half_width:
        return "no difference shown"
    up = change.mean > 0
    if not sense:
        return "higher" if up else "lower"
    return "better" if up == (sense > 0) else "worse"
