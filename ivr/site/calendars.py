"""Whether a calendar is open at a moment: wall clock of its own time zone, whatever the season."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from ivr.document import suggest
from ivr.model.hours import Calendar, Day, Exceptional, Hours, Period
from ivr.model.site import Site

DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`."""


def state(calendar: Calendar, at: float) -> str:
    """`open`, `closed` or `holiday` at `at` (UTC epoch seconds).

    A day listed under `closed` is closed, and one of an exception has the exception's hours,
    whatever else it is; a public holiday is `holiday` all day long; any other moment is open
    exactly when a period holds it, its end not included.
    """
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(calendar.timezone))
    today = local.date()
    if today.isoformat() in calendar.closed:
        return "closed"
    now = local.hour * 60 + local.minute
    exception = _exception(calendar, today)
    if exception is not None:
        return "open" if any(_holds(one, now) for one in exception.hours) else "closed"
    if calendar.holidays and is_holiday(calendar.holidays, today):
        return "holiday"
    weekday = DAYS[today.weekday()]
    is_open = any(weekday in period.days and _holds(period, now) for period in calendar.open)
    return "open" if is_open else "closed"


def _exception(calendar: Calendar, day: date) -> Exceptional | None:
    """The one that holds this day."""
    text = day.isoformat()  # dates written like this are in order as texts, too
    found = (one for one in calendar.exceptions if one.first <= text <= (one.last or one.first))
    return next(found, None)


def _holds(period: Period | Hours, minute: int) -> bool:
    return minutes(period.open) <= minute < minutes(period.close)


class SiteCalendars:
    """The calendars of a site, as nodes ask for them."""

    def __init__(self, site: Site) -> None:
        self._calendars = site.calendars

    def state(self, calendar: str, at: float) -> str:
        """As the function of this name says; KeyError for a calendar the site does not have."""
        return state(self._calendars[calendar], at)


def minutes(time_of_day: str) -> int:
    """Minutes since midnight of a time such as `9:00`; `24:00` is the day's end."""
    hour, _, minute = time_of_day.partition(":")
    return int(hour) * 60 + int(minute)


def is_holiday(region: str, day: date) -> bool:
    """Whether `day` is a public holiday of `region` (`US`, `DE-BY`)."""
    return day in _holidays_of(region, day.year)


def holiday_region_problem(region: str) -> tuple[str, str]:
    """What is wrong with a region, and a hint; empty when the library knows it."""
    country, dash, part = region.partition("-")
    known = _countries()
    if country not in known:
        hint = suggest(country, known, list_up_to=0) or "a country such as US, or DE-BY"
        return f"no holidays are known for country {country!r}", hint
    parts = known[country]
    if dash and part not in parts:
        return f"{country} has no holiday region {part!r}", suggest(part, parts, list_up_to=60)
    return "", ""


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    return dict(holidays.list_supported_countries())


@lru_cache(maxsize=256)
def _holidays_of(region: str, year: int) -> frozenset[date]:
    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
