"""Calendars that could not mean what they say, each complaint at its place."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from ivr.document import Document, Problem
from ivr.document.document import Path
from ivr.model.hours import HOUSE, Calendar, Exceptional, Hours, Period
from ivr.model.site import Site
from ivr.site.calendars import holiday_region_problem, minutes
from ivr.site.policies import zone_problems


def check_hours(site: Site, document: Document) -> Iterator[Problem]:
    """Everything wrong with the site's calendars."""
    owners: dict[str, str] = {}
    for name, calendar in site.calendars.items():
        path: Path = ("calendars", name)
        if name == HOUSE:
            message = f"{HOUSE!r} is the name of the closure of all calendars"
            yield document.problem(path, message, "name it otherwise", key=True)
        code = calendar.closing_code
        if code and owners.setdefault(code, name) != name:
            message = f"closing code {code} already belongs to calendar {owners[code]}"
            yield document.problem((*path, "closing_code"), message, "give each its own")
        yield from _calendar(path, calendar, document)


def _calendar(path: Path, calendar: Calendar, document: Document) -> Iterator[Problem]:
    yield from zone_problems(calendar.timezone, (*path, "timezone"), document)
    for position, period in enumerate(calendar.open):
        at = (*path, "open", position)
        if not period.days:
            yield document.problem((*at, "days"), "a period needs at least one day")
        yield from _order(at, period, document)
    if calendar.holidays:
        message, hint = holiday_region_problem(calendar.holidays)
        if message:
            yield document.problem((*path, "holidays"), message, hint)
    for day in calendar.closed:
        if not _is_date(day):
            yield document.problem((*path, "closed", day), f"there is no day {day}", key=True)
    yield from _exceptions(path, calendar, document)


def _order(at: Path, period: Period | Hours, document: Document) -> Iterator[Problem]:
    if minutes(period.open) >= minutes(period.close):
        message = f"it closes at {period.close}, not after it opens at {period.open}"
        hint = "past midnight: one period until 24:00, one from 0:00 on the next day"
        yield document.problem((*at, "close"), message, hint)


def _exceptions(path: Path, calendar: Calendar, document: Document) -> Iterator[Problem]:
    sound: list[tuple[str, str, int]] = []
    for position, one in enumerate(calendar.exceptions):
        at = (*path, "exceptions", position)
        wrong = [*_days(at, one, document)]
        yield from wrong
        for number, hours in enumerate(one.hours):
            yield from _order((*at, "hours", number), hours, document)
        yield from _hours_overlap(at, one.hours, document)
        if not wrong:
            sound.append((one.first, one.last or one.first, position))
            for day in calendar.closed:
                if one.first <= day <= (one.last or one.first):
                    message = f"{day} is also listed under closed"
                    yield document.problem((*at, "first"), message, "say it in one place")
    for first, _, position, (other_first, other_last) in _overlaps(sound):
        message = f"{first} is already in the exception {_range(other_first, other_last)}"
        where = (*path, "exceptions", position, "first")
        yield document.problem(where, message, "a day has one exception")


def _days(at: Path, one: Exceptional, document: Document) -> Iterator[Problem]:
    for name, day in (("first", one.first), ("last", one.last)):
        if day and not _is_date(day):
            yield document.problem((*at, name), f"there is no day {day}")
    if one.last and one.last < one.first:
        message = f"the last day, {one.last}, is before the first, {one.first}"
        yield document.problem((*at, "last"), message)


def _overlaps(
    ranges: Iterable[tuple[str, str, int]],
) -> Iterator[tuple[str, str, int, tuple[str, str]]]:
    """Each range that begins inside an earlier one, with that one."""
    before: tuple[str, str] | None = None
    for first, last, position in sorted(ranges):
        if before is not None and first <= before[1]:
            yield first, last, position, before
        if before is None or last > before[1]:
            before = (first, last)


def _range(first: str, last: str) -> str:
    return f"of {first}" if first == last else f"from {first} to {last}"


def _hours_overlap(at: Path, hours: Sequence[Hours], document: Document) -> Iterator[Problem]:
    in_order = sorted(enumerate(hours), key=lambda one: minutes(one[1].open))
    for (_, before), (position, after) in pairwise(in_order):
        if minutes(after.open) < minutes(before.close):
            message = f"it opens at {after.open}, before the hours from {before.open} are over"
            yield document.problem((*at, "hours", position, "open"), message)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
