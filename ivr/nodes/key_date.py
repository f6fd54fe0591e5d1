"""Dates typed on a telephone: their forms, what two-digit years mean, and limits."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

DateForm = Literal[
    "ddmmyyyy", "ddmmyy", "mmddyyyy", "mmddyy", "yyyymmdd", "yymmdd", "mmyyyy", "mmyy"
]
"""The order in which day, month and year are typed."""

YEARS = range(1900, 2100)
_LIMIT = re.compile(r"today(?:([+-][0-9]{1,5})([dmy]))?|[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def parse_limit(text: str, today: date) -> date:
    """The day meant by `2026-12-31`, `today`, `today-18y`, `today+6m` or `today+30d`.

    Raises ValueError for anything else.
    """
    found = _LIMIT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no day; write 2026-12-31, today, today-18y or today+30d")
    if not text.startswith("today"):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"there is no day {text}") from None
    number, unit = int(found[1] or 0), found[2] or "d"
    if unit == "d":
        return date.fromordinal(min(max(today.toordinal() + number, 1), date.max.toordinal()))
    return _months_later(today, number * (12 if unit == "y" else 1))


def _months_later(day: date, months: int) -> date:
    """The same day of the month, or the last one there is."""
    count = min(max(day.year * 12 + day.month - 1 + months, 12), date.max.year * 12 + 11)
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@dataclass(frozen=True)
class Limits:
    """Both days included; None: no limit."""

    first: date | None
    last: date | None


@dataclass(frozen=True)
class TypedDate:
    """A day, or a month when the form asks for none."""

    first: date
    last: date

    @property
    def iso(self) -> str:
        """`2026-11-25`, or `2026-11`."""
        return self.first.isoformat() if self.first == self.last else f"{self.first:%Y-%m}"

    def within(self, limits: Limits) -> bool:
        """A month is within limits when one of its days is: a card is good until its last one."""
        return (limits.first is None or self.last >= limits.first) and (
            limits.last is None or self.first <= limits.last
        )


def read_date(keys: str, form: DateForm, limits: Limits, today: date) -> TypedDate | None:
    """The date typed, or None when there is none such within the limits.

    A year of two digits is the one within the limits that is nearest to today.
    """
    if len(keys) != len(form) or not (keys.isascii() and keys.isdigit()):
        return None
    parts = {letter: _part(keys, form, letter) for letter in "dmy"}
    years = [int(parts["y"])]
    if len(parts["y"]) == 2:
        years = [year for year in YEARS if year % 100 == years[0]]
    dates = [_date(year, int(parts["m"]), parts["d"]) for year in years if year in YEARS]
    possible = [one for one in dates if one is not None and one.within(limits)]
    return min(possible, key=lambda one: abs(one.first - today), default=None)


def _part(keys: str, form: str, letter: str) -> str:
    return "".join(key for key, place in zip(keys, form, strict=True) if place == letter)


def _date(year: int, month: int, day: str) -> TypedDate | None:
    try:
        if day:
            only = date(year, month, int(day))
            return TypedDate(only, only)
        return TypedDate(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    except ValueError:
        return None
