"""When scheduled reports are due, and which time they tell of. The moment comes from outside."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from ivr.model.days import midnight
from ivr.report.span import LAST, UNITS, Span

TICK = timedelta(seconds=1)
CHANGE_S = 3 * 3600.0
"""More than any clock is put back by."""


def next_due(schedule: str, after: float, zone: ZoneInfo) -> float | None:
    """The first time later than this, epoch seconds; None: there is none in fifty years."""
    found = next(CronSim(schedule, datetime.fromtimestamp(after, zone)), None)
    return None if found is None else found.timestamp()


def latest_due(schedule: str, now: float, zone: ZoneInfo) -> float | None:
    """The last time that is not later than this, and one of those `next_due` tells."""
    later = datetime.fromtimestamp(now, zone).replace(microsecond=0) + TICK
    found = next(CronSim(schedule, later, reverse=True), None)
    if found is None:
        return None
    # Backwards, cronsim passes over times in the hour that comes twice: those follow forwards.
    latest = None
    for one in CronSim(schedule, datetime.fromtimestamp(found.timestamp() - CHANGE_S, zone)):
        if one.timestamp() > now:
            break
        latest = one.timestamp()
    return latest


def span_of(period: str, due: float, zone: ZoneInfo) -> Span:
    """The time a report that is due then tells of, whenever it is made."""
    at = datetime.fromtimestamp(due, zone).replace(tzinfo=None)
    today = midnight(due, zone).replace(tzinfo=None)
    if found := LAST.fullmatch(period):
        return Span(due - (int(found[1]) * UNITS[found[2]]).total_seconds(), due, zone)
    begin, end = today - timedelta(days=1), today
    if period == "today":
        # At midnight itself the day that is over is meant.
        begin, end = (today, at) if at > today else (begin, end)
    elif period == "last_week":
        end = today - timedelta(days=today.weekday())
        begin = end - timedelta(weeks=1)
    elif period == "last_month":
        end = today.replace(day=1)
        begin = (end - timedelta(days=1)).replace(day=1)
    return Span(_epoch(begin, zone), _epoch(end, zone), zone)


def file_name(name: str, due: float, form: str, zone: ZoneInfo) -> str:
    """`NAME-2026-11-27-0605.html`: one for each time it is due.

    What is due in the hour that comes again has the offset too: `NAME-2026-10-25-0230+0100.html`.
    """
    at = datetime.fromtimestamp(due, zone)
    return f"{name}-{at:%Y-%m-%d-%H%M}{f'{at:%z}' if at.fold else ''}.{form}"


def _epoch(local: datetime, zone: ZoneInfo) -> float:
    return local.replace(tzinfo=zone).timestamp()
