"""Opening hours on the wall clock of their own time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.model.site import Calendar, Period
from ivr.site.calendars import DAYS, state

BERLIN = Calendar(
    timezone="Europe/Berlin",
    holidays="DE-BY",
    closed={"2026-12-24": "Christmas Eve", "2026-10-03": "moving house"},
    open=[
        Period(days=["mon", "tue", "wed", "thu", "fri"], open="9:00", close="17:30"),
        Period(days=["sat"], open="10:00", close="12:00"),
        Period(days=["sat"], open="14:00", close="24:00"),
    ],
)
ALL_DAY = [Period(days=list(DAYS), open="0:00", close="24:00")]


def at(text: str, zone: str = "Europe/Berlin") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-06-15 08:59:59", "closed"),
        ("2026-06-15 09:00", "open"),
        ("2026-06-15 17:29:59", "open"),
        ("2026-06-15 17:30", "closed"),
        ("2026-06-13 11:59", "open"),
        ("2026-06-13 12:00", "closed"),
        ("2026-06-13 23:59:59", "open"),
        ("2026-06-14 00:00", "closed"),
        ("2026-12-24 10:00", "closed"),
        ("2026-12-25 10:00", "holiday"),
        ("2026-12-25 03:00", "holiday"),
        ("2026-01-06 10:00", "holiday"),
        ("2026-10-03 11:00", "closed"),
    ],
)
def test_a_moment_is_open_closed_or_holiday(moment: str, expected: str) -> None:
    assert state(BERLIN, at(moment)) == expected


def test_a_regional_holiday_is_none_in_the_rest_of_the_country() -> None:
    epiphany = at("2026-01-06 10:00")
    assert state(BERLIN.model_copy(update={"holidays": "DE"}), epiphany) == "open"


@pytest.mark.parametrize("day", ["2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26"])
def test_opening_time_follows_the_clock_across_daylight_saving(day: str) -> None:
    opening = at(f"{day} 09:00")
    assert state(BERLIN, opening - 1) == "closed"
    assert state(BERLIN, opening) == "open"


def test_the_hour_that_comes_twice_is_open_both_times() -> None:
    night = [Period(days=["sun"], open="2:00", close="3:00")]
    calendar = Calendar(timezone="Europe/Berlin", open=night)
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC).timestamp()
    states = [state(calendar, first + minute * 60) for minute in range(-1, 121)]
    assert states == ["closed"] + ["open"] * 120 + ["closed"]


def test_the_hour_that_is_left_out_opens_nothing() -> None:
    night = [Period(days=["sun"], open="2:00", close="3:00")]
    calendar = Calendar(timezone="Europe/Berlin", open=night)
    change = datetime(2026, 3, 29, 1, 0, tzinfo=UTC).timestamp()
    assert {state(calendar, change + minute * 60) for minute in range(-5, 65)} == {"closed"}


def test_the_same_moment_may_be_open_here_and_closed_there() -> None:
    morning = at("2026-06-15 09:30")
    assert state(BERLIN, morning) == "open"
    assert state(BERLIN.model_copy(update={"timezone": "America/New_York"}), morning) == "closed"


@given(
    st.integers(min_value=0, max_value=4_000_000_000),
    st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]),
)
def test_day_and_night_without_holidays_is_always_open(moment: int, zone: str) -> None:
    assert state(Calendar(timezone=zone, open=ALL_DAY), moment) == "open"
