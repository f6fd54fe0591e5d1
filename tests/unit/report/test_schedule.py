"""When reports are due, also in the nights in which the clock is changed, and what they tell of."""

from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from ivr.model.reports import ReportName
from ivr.report.reports import REPORTS
from ivr.report.schedule import file_name, latest_due, next_due, span_of

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("schedule", "after", "due"),
    [
        ("5 6 * * *", "2026-03-02T06:04:59", "2026-03-02T06:05"),
        ("5 6 * * *", "2026-03-02T06:05", "2026-03-03T06:05"),
        ("0 8 * * mon", "2026-03-02T09:00", "2026-03-09T08:00"),
        ("0 8 1 * *", "2026-03-02T09:00", "2026-04-01T08:00"),
        ("30 2 * * *", "2026-03-28T12:00", "2026-03-29T03:00"),
        ("30 2 * * *", "2026-10-24T12:00", "2026-10-25T02:30"),
        ("30 2 * * *", "2026-10-25T02:30", "2026-10-26T02:30"),
    ],
)
def test_the_next_time_is_the_latest_once_it_has_come(schedule: str, after: str, due: str) -> None:
    then = at(due)
    assert next_due(schedule, at(after), BERLIN) == then
    for later in (0.0, 0.5, 30.0):
        assert latest_due(schedule, then + later, BERLIN) == then
    before = latest_due(schedule, then - 0.5, BERLIN)
    assert before is not None
    assert before <= at(after)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/Santiago"])
@pytest.mark.parametrize(
    "schedule",
    ["0 * * * *", "30 * * * *", "*/20 * * * *", "15,45 1-3 * * *", "0 */2 * * *", "30 2 * * *"],
)
def test_whoever_looks_often_finds_each_time_when_the_clock_is_changed(
    zone: str, schedule: str
) -> None:
    place = ZoneInfo(zone)
    begin = datetime(2026, 1, 1, tzinfo=place).timestamp()
    days = [begin + day * 86400 for day in range(366)]
    offsets = [datetime.fromtimestamp(day, place).utcoffset() for day in days]
    changed = [day for day, a, b in zip(days, offsets, offsets[1:], strict=False) if a != b]
    assert len(changed) == 2
    for moment in changed:
        found = {
            latest_due(schedule, moment + minute * 60 + 0.5, place) for minute in range(0, 1440, 5)
        }
        first = latest_due(schedule, moment + 0.5, place)
        assert first is not None
        expected = [first]
        while (due := next_due(schedule, expected[-1], place) or 0) <= moment + 86400 - 300:
            expected.append(due)
        assert found == set(expected)


def test_in_the_night_of_25_hours_each_hour_has_its_report_and_file() -> None:
    end = at("2026-10-26T00:00")
    found = {latest_due("30 * * * *", end - hour * 3600, BERLIN) for hour in range(25)}
    names = {file_name("m", due, "csv", BERLIN) for due in found if due}
    assert len(names) == 25
    assert {"m-2026-10-25-0230.csv", "m-2026-10-25-0230+0100.csv"} < names


def test_the_hour_that_comes_twice_has_one_report() -> None:
    moment, found = at("2026-10-24T12:00"), []
    while (moment := next_due("30 2 * * *", moment, BERLIN) or 0) < at("2026-10-27T00:00"):
        found.append(moment)
    assert found == [at("2026-10-25T02:30"), at("2026-10-26T02:30")]


@pytest.mark.parametrize(
    ("period", "due", "begin", "end"),
    [
        ("yesterday", "2026-03-02T06:05", "2026-03-01T00:00", "2026-03-02T00:00"),
        ("yesterday", "2026-03-30T06:05", "2026-03-29T00:00", "2026-03-30T00:00"),
        ("today", "2026-03-02T18:00", "2026-03-02T00:00", "2026-03-02T18:00"),
        ("today", "2026-03-02T00:00", "2026-03-01T00:00", "2026-03-02T00:00"),
        ("last_week", "2026-03-02T06:05", "2026-02-23T00:00", "2026-03-02T00:00"),
        ("last_week", "2026-03-01T06:05", "2026-02-16T00:00", "2026-02-23T00:00"),
        ("last_month", "2026-03-02T06:05", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("last_month", "2026-01-01T00:00", "2025-12-01T00:00", "2026-01-01T00:00"),
        ("12h", "2026-03-02T06:00", "2026-03-01T18:00", "2026-03-02T06:00"),
        ("2d", "2026-03-02T06:00", "2026-02-28T06:00", "2026-03-02T06:00"),
    ],
)
def test_a_period_is_seen_from_when_the_report_is_due(
    period: str, due: str, begin: str, end: str
) -> None:
    span = span_of(period, at(due), BERLIN)
    assert (span.begin, span.end) == (at(begin), at(end))


def test_a_file_is_named_by_when_it_was_due() -> None:
    assert file_name("m", at("2026-03-02T06:05"), "csv", BERLIN) == "m-2026-03-02-0605.csv"


def test_every_report_there_is_can_be_scheduled() -> None:
    assert set(get_args(ReportName)) == set(REPORTS)
