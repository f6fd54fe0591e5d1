"""Breaks by the clock on the wall: when each begins and ends, whatever the season."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.model.site import Break
from ivr.site.calendars import DAYS, minutes

WEEK = 7


@dataclass(frozen=True, order=True)
class Planned:
    """One break on one day; epoch seconds. The earlier one comes first."""

    start: float
    end: float
    reason: str


def moment(day: date, time_of_day: str, zone: ZoneInfo) -> float:
    """When clocks in the zone show this time. Where they skip it, as much after the skip as it
    would have been; where they show it twice, the first time."""
    days, minute = divmod(minutes(time_of_day), 24 * 60)
    wall = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), zone)
    return wall.astimezone(UTC).timestamp()


def next_midnight(zone: ZoneInfo, after: float) -> float:
    """When the next day begins."""
    return moment(_day(zone, after), "24:00", zone)


def next_break(breaks: Sequence[Break], zone: ZoneInfo, after: float) -> Planned | None:
    """The first break that begins later than `after`; None when there are none."""
    later = (one for one in _around(breaks, zone, after) if one.start > after)
    return min(later, default=None)


def break_at(breaks: Sequence[Break], zone: ZoneInfo, at: float) -> Planned | None:
    """The break under way; None when there is none."""
    now = (one for one in _around(breaks, zone, at) if one.start <= at < one.end)
    return min(now, default=None)


def _around(breaks: Sequence[Break], zone: ZoneInfo, at: float) -> list[Planned]:
    """Those that begin between yesterday and a week from now."""
    today = _day(zone, at)
    found: list[Planned] = []
    for offset in range(-1, WEEK + 1):
        day = today + timedelta(days=offset)
        for one in breaks:
            if DAYS[day.weekday()] in one.days:
                start = moment(day, one.start, zone)
                found.append(Planned(start, start + one.length_s, one.reason))
    return found


def _day(zone: ZoneInfo, at: float) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).date()
