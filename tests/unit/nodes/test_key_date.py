"""Dates typed as digits."""

from datetime import date

import pytest

from ivr.nodes.key_date import Limits, parse_limit, read_date

TODAY = date(2026, 11, 25)
ANY = Limits(None, None)


@pytest.mark.parametrize(
    ("keys", "form", "iso"),
    [
        ("07031984", "ddmmyyyy", "1984-03-07"),
        ("03071984", "mmddyyyy", "1984-03-07"),
        ("19840307", "yyyymmdd", "1984-03-07"),
        ("290224", "ddmmyy", "2024-02-29"),
        ("1128", "mmyy", "2028-11"),
        ("112028", "mmyyyy", "2028-11"),
        ("070384", "ddmmyy", "1984-03-07"),
    ],
)
def test_a_date_is_read_as_its_form_says(keys, form, iso) -> None:
    assert read_date(keys, form, ANY, TODAY).iso == iso


@pytest.mark.parametrize(
    ("keys", "form"),
    [
        ("31022024", "ddmmyyyy"),
        ("29022023", "ddmmyyyy"),
        ("1328", "mmyy"),
        ("0028", "mmyy"),
        ("00000000", "ddmmyyyy"),
        ("112", "mmyy"),
        ("01011850", "ddmmyyyy"),
    ],
)
def test_what_is_in_no_calendar_is_no_date(keys, form) -> None:
    assert read_date(keys, form, ANY, TODAY) is None


def test_a_year_of_two_digits_is_the_nearest_within_the_limits() -> None:
    born = Limits(None, TODAY)
    assert read_date("010130", "ddmmyy", ANY, TODAY).iso == "2030-01-01"
    assert read_date("010130", "ddmmyy", born, TODAY).iso == "1930-01-01"


def test_a_card_is_good_until_the_last_day_of_its_month() -> None:
    from_today = Limits(TODAY, None)
    assert read_date("1126", "mmyy", from_today, TODAY).iso == "2026-11"
    assert read_date("1026", "mmyy", from_today, TODAY) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", TODAY),
        ("today-18y", date(2008, 11, 25)),
        ("today+3m", date(2027, 2, 25)),
        ("today+10d", date(2026, 12, 5)),
        ("today-99999d", date(1753, 2, 10)),
        ("today-99999y", date(1, 11, 25).replace(month=1)),
        ("2026-01-31", date(2026, 1, 31)),
    ],
)
def test_limits_are_days_or_counted_from_today(text, day) -> None:
    assert parse_limit(text, TODAY) == day


@pytest.mark.parametrize("text", ["tomorrow", "today-18", "2026-13-01", "today +1d", ""])
def test_other_limits_are_refused(text) -> None:
    with pytest.raises(ValueError, match=r"write|month|day"):
        parse_limit(text, TODAY)


def test_a_leap_day_counts_from_the_last_day_of_february() -> None:
    assert parse_limit("today-1y", date(2024, 2, 29)) == date(2023, 2, 28)


def test_a_day_that_is_in_no_calendar_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="there is no day 2026-13-01"):
        parse_limit("2026-13-01", date(2026, 1, 1))
