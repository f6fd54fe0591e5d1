"""Time cut into pieces: half hours, hours, days and weeks of the site's time zone."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from ivr.model.days import midnight
from ivr.model.errors import UserError

By = Literal["total", "interval", "hour", "day", "week"]
STEP_S = {"interval": 1800, "hour": 3600}
"""These are as long as they say, also in a night in which the clock is put back."""
STEP_DAYS = {"day": 1, "week": 7}
PERIODS_MAX = 20_000


@dataclass(frozen=True)
class Periods:
    """`begin` <= a moment < `end`, in UTC epoch seconds; `starts` rises and begins with `begin`."""

    begin: float
    end: float
    starts: Sequence[float]

    def index(self, at: float) -> int | None:
        """The period this moment lies in; None: outside of all."""
        if not self.begin <= at < self.end:
            return None
        return bisect_right(self.starts, at) - 1

    def shares(self, since: float, until: float) -> Iterator[tuple[int, float]]:
        """(period, seconds of this time that lie in it)."""
        since, until = max(since, self.begin), min(until, self.end)
        while since < until:
            number = bisect_right(self.starts, since) - 1
            last = number + 1 == len(self.starts)
            edge = until if last else min(until, self.starts[number + 1])
            yield number, edge - since
            since = edge


def cut(begin: float, end: float, by: By, zone: ZoneInfo) -> Periods:
    """The first and the last may be shorter; UserError for more than anybody looks at."""
    starts = [begin]
    for start in _edges(begin, by, zone):
        if start >= end:
            return Periods(begin, end, starts)
        if start > begin:
            starts.append(start)
        if len(starts) > PERIODS_MAX:
            raise UserError(
                f"that is more than {PERIODS_MAX} periods; take longer ones with --by, "
                "or less time with --from and --to"
            )
    return Periods(begin, end, starts)


def _edges(begin: float, by: By, zone: ZoneInfo) -> Iterator[float]:
    """Where a period begins, from the one that `begin` lies in on."""
    if by in STEP_S:
        step, local = STEP_S[by], datetime.fromtimestamp(begin, zone)
        passed = timedelta(minutes=local.minute % (step // 60), seconds=local.second)
        edge = (local - passed).replace(microsecond=0).timestamp()
        while True:
            yield edge
            edge += step
    elif by in STEP_DAYS:
        day = midnight(begin, zone)
        day -= timedelta(days=day.weekday() if by == "week" else 0)
        while True:
            yield day.timestamp()
            day += timedelta(days=STEP_DAYS[by])
