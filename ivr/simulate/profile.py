"""The traffic of a past period, told by its events: calls, talks, and who gave up when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from ivr.model import events
from ivr.model.agents import QueueOutcome
from ivr.simulate.scenario import HALF_HOUR_S

POINTS_MAX = 20
"""Points of an empirical distribution written into a scenario."""
TALK_UNKNOWN_S = 180.0
"""Taken for a queue in which nobody talked."""


@dataclass
class Traffic:
    """What was seen of one queue."""

    per_half_hour: list[int]
    talk_s: list[float] = field(default_factory=list)
    """Hold included: the agent is taken either way."""
    waits_s: list[tuple[float, bool]] = field(default_factory=list)
    """Each wait, and whether the caller hung up (otherwise patience lasted at least so long)."""


class Profile:
    """Collects events between two moments (UTC epoch seconds) in whatever order."""

    def __init__(self, begin: float, end: float) -> None:
        self.begin, self.end = begin, end
        self._halves = -(-int(end - begin) // int(HALF_HOUR_S))
        self.queues: defaultdict[str, Traffic] = defaultdict(lambda: Traffic([0] * self._halves))

    def add(self, event: events.Event) -> None:
        """A call that came back to a place it had is no further call."""
        if not self.begin <= event.at < self.end:
            return
        match event:
            case events.QueueEntered(queue=queue, resumed=False, kept=""):
                half_hour = int((event.at - self.begin) // HALF_HOUR_S)
                self.queues[queue].per_half_hour[half_hour] += 1
            case events.QueueLeft(queue=queue):
                gave_up = event.outcome is QueueOutcome.ABANDONED
                self.queues[queue].waits_s.append((event.wait_s, gave_up))
            case events.ConversationEnded(queue=queue):
                self.queues[queue].talk_s.append(event.talk_s + event.hold_s)


def scenario_text(profile: Profile, site: str, begin: str) -> str:
    """A scenario file: staffing is the site's, to be replaced by who was really there."""
    data = {
        "site": site,
        "begin": begin,
        "length": f"{int(profile.end - profile.begin)}s",
        "queues": {name: _demand(traffic) for name, traffic in sorted(profile.queues.items())},
        "staffing": "site",
    }
    return str(yaml.safe_dump(data, sort_keys=False, width=100))


def _demand(traffic: Traffic) -> dict[str, Any]:
    survival = patience(traffic.waits_s)
    talk: dict[str, Any] = {"exponential": TALK_UNKNOWN_S}
    if traffic.talk_s:
        talk = {"empirical": _points(quantiles(traffic.talk_s))}
    return {
        "per_half_hour": traffic.per_half_hour,
        "talk": talk,
        "patience": {"empirical": _points(survival)} if survival else "endless",
    }


def quantiles(values: Sequence[float]) -> list[tuple[float, float]]:
    """(share, value) from the least to the greatest."""
    ordered = sorted(values)
    steps = min(POINTS_MAX, max(1, len(ordered) - 1))
    shares = [step / steps for step in range(steps + 1)]
    return [(share, ordered[round(share * (len(ordered) - 1))]) for share in shares]


def patience(waits: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Share of callers who would have hung up within a time, by Kaplan and Meier's product limit.

    Whoever was answered leaves the count without having lost patience. Empty: nobody hung up.
    The last share is below 1 when the longest waits ended otherwise.
    """
    staying, points, left = 1.0, [(0.0, 0.0)], len(waits)
    for wait_s, gave_up in sorted(waits, key=lambda wait: (wait[0], not wait[1])):
        if gave_up:
            staying *= 1.0 - 1.0 / left
            points.append((1.0 - staying, wait_s))
        left -= 1
    if len(points) == 1:
        return []
    stride = -(-len(points) // POINTS_MAX)
    return [*points[:-1:stride], points[-1]]


def _points(pairs: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    return [{"share": round(share, 6), "within": round(value, 1)} for share, value in pairs]
