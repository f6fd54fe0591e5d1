"""Cutting time: by the site's clock, and so that the pieces are the whole."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.kpi.periods import By, cut
from ivr.model.errors import UserError

BERLIN = ZoneInfo("Europe/Berlin")
KINDS = st.sampled_from(["total", "interval", "hour", "day", "week"])


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def starts(begin: str, end: str, by: By) -> list[str]:
    periods = cut(at(begin), at(end), by, BERLIN)
    return [f"{datetime.fromtimestamp(one, BERLIN):%m-%d %H:%M}" for one in periods.starts]


def test_half_hours_begin_at_the_full_and_the_half_hour() -> None:
    found = starts("2026-03-02 08:10", "2026-03-02 10:00", "interval")
    assert found == ["03-02 08:10", "03-02 08:30", "03-02 09:00", "03-02 09:30"]


def test_weeks_begin_on_monday() -> None:
    found = starts("2026-03-04", "2026-03-17", "week")
    assert found == ["03-04 00:00", "03-09 00:00", "03-16 00:00"]


def test_a_day_in_which_the_clock_is_put_forward_is_a_day_all_the_same() -> None:
    periods = cut(at("2026-03-28"), at("2026-03-31"), "day", BERLIN)
    lengths = [b - a for a, b in zip(periods.starts, periods.starts[1:], strict=False)]
    assert lengths == [86400, 82800]


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    found = starts("2026-10-25 01:00", "2026-10-25 04:00", "hour")
    assert found == ["10-25 01:00", "10-25 02:00", "10-25 02:00", "10-25 03:00"]


def test_more_periods_than_anybody_looks_at_are_refused() -> None:
    with pytest.raises(UserError, match="more than 20000 periods"):
        cut(at("2020-01-01"), at("2026-01-01"), "interval", BERLIN)


@given(st.integers(0, 10**6), st.integers(1, 10**6), KINDS, st.integers(0, 10**6))
def test_every_moment_is_in_exactly_one_period(skip: int, length: int, by: By, more: int) -> None:
    begin = at("2026-10-20") + skip
    periods = cut(begin, begin + length, by, BERLIN)
    moment = begin + more % length
    number = periods.index(moment)
    assert number is not None
    assert periods.starts[number] <= moment
    assert moment < [*periods.starts[1:], periods.end][number]
    assert periods.index(begin - 1) is None
    assert periods.index(begin + length) is None


@given(st.integers(0, 10**6), st.integers(1, 10**6), KINDS, st.integers(-100, 10**6))
def test_shares_of_a_time_are_the_time_within(skip: int, length: int, by: By, since: int) -> None:
    begin = at("2026-10-20") + skip
    periods = cut(begin, begin + length, by, BERLIN)
    shares = list(periods.shares(begin + since, begin + since + 5000))
    within = max(0, min(length, since + 5000) - max(0, since))
    assert sum(seconds for _, seconds in shares) == pytest.approx(within)
    assert all(seconds > 0 for _, seconds in shares)
