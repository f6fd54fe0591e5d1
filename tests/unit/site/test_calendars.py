"""Opening hours on the wall clock of their own time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.model.hours import Calendar, Exceptional, Hours, Period
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


EXCEPTIONS = BERLIN.model_copy(
    update={
        "exceptions": [
            Exceptional(first="2026-06-15", last="2026-06-17"),
            Exceptional(
                first="2026-12-25",
                hours=[Hours(open="10:00", close="11:00"), Hours(open="20:00", close="24:00")],
            ),
            Exceptional(first="2026-03-29", hours=[Hours(open="1:30", close="3:30")]),
            Exceptional(first="2026-10-25", hours=[Hours(open="2:00", close="3:00")]),
        ]
    }
)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-06-12 10:00", "open"),
        ("2026-06-14 23:59", "closed"),
        ("2026-06-15 00:00", "closed"),
        ("2026-06-15 10:00", "closed"),
        ("2026-06-17 10:00", "closed"),
        ("2026-06-18 10:00", "open"),
        ("2026-12-25 09:59", "closed"),
        ("2026-12-25 10:00", "open"),
        ("2026-12-25 11:00", "closed"),
        ("2026-12-25 23:59", "open"),
        ("2026-12-26 00:00", "holiday"),
    ],
)
def test_an_exception_comes_before_the_week_and_before_holidays(moment: str, expected: str) -> None:
    assert state(EXCEPTIONS, at(moment)) == expected


def test_hours_of_an_exception_follow_the_clock_that_skips_an_hour() -> None:
    night = datetime(2026, 3, 29, 0, 0, tzinfo=UTC).timestamp()
    opened = [minute for minute in range(180) if state(EXCEPTIONS, night + minute * 60) == "open"]
    assert opened == list(range(30, 90))  # 1:30 to 2:00, then 3:00 to 3:30


def test_hours_of_an_exception_hold_both_times_when_the_hour_comes_twice() -> None:
    night = datetime(2026, 10, 25, 0, 0, tzinfo=UTC).timestamp()
    states = [state(EXCEPTIONS, night + minute * 60) for minute in range(-1, 121)]
    assert states == ["closed"] + ["open"] * 120 + ["closed"]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Asia/Kathmandu", "America/Los_Angeles"])
def test_the_day_of_an_exception_is_a_day_where_the_calendar_is(zone: str) -> None:
    day = Exceptional(first="2026-06-15")
    calendar = Calendar(timezone=zone, open=ALL_DAY, exceptions=[day])
    midnight = at("2026-06-15 00:00", zone)
    moments = (midnight - 1, midnight, midnight + 24 * 3600 - 1, midnight + 24 * 3600)
    assert [state(calendar, one) for one in moments] == ["open", "closed", "closed", "open"]


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
