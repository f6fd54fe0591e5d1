"""Which time is meant: words, in the site's time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.model.errors import UserError
from ivr.report.span import Span, read_span

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 30, 10, 15, tzinfo=BERLIN).timestamp()


def read(begin: str = "", end: str = "", last: str = "") -> Span:
    return read_span(begin, end, last, NOW, BERLIN)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ({}, "2026-03-30 00:00 to 2026-03-30 10:15 (Europe/Berlin)"),
        ({"begin": "yesterday", "end": "today"}, "2026-03-29 00:00 to 2026-03-30 00:00"),
        ({"begin": "2026-03-02", "end": "2026-03-09"}, "2026-03-02 00:00 to 2026-03-09 00:00"),
        ({"begin": "2026-03-02 08:30", "end": "2026-03-02T12:00"}, "2026-03-02 08:30 to 2026-03"),
        ({"begin": "2026-03-02", "end": "2030-01-01"}, "2026-03-02 00:00 to 2026-03-30 10:15"),
        ({"last": "12h"}, "2026-03-29 22:15 to 2026-03-30 10:15"),
        ({"last": "1w"}, "2026-03-23 09:15 to 2026-03-30 10:15"),
    ],
)
def test_what_is_meant(asked: dict[str, str], meant: str) -> None:
    assert str(read(**asked)).startswith(meant)


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"begin": "2026"}, "--from '2026' is no time; write 2026-11-27"),
        ({"end": "2026-02-30"}, "--to '2026-02-30' is no time"),
        ({"last": "7"}, "--last '7' is no length; write 12h, 7d or 4w"),
        ({"last": "-7d"}, "is no length"),
        ({"last": "7d", "begin": "today"}, "leave out --from and --to, or --last"),
        ({"begin": "2026-04-01"}, "that time has not come yet"),
        ({"begin": "2026-03-02", "end": "2026-03-02"}, "--to has to be later than --from"),
    ],
)
def test_what_is_no_time_is_refused(asked: dict[str, str], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        read(**asked)


@pytest.mark.parametrize(
    ("asked", "before"),
    [
        (
            {"begin": "2026-03-30", "end": "2026-03-30 10:00"},
            "2026-03-29 00:00 to 2026-03-29 10:00",
        ),
        ({"begin": "2026-03-23", "end": "2026-03-30"}, "2026-03-16 00:00 to 2026-03-23 00:00"),
        (
            {"begin": "2026-03-30 08:00", "end": "2026-03-30 09:30"},
            "2026-03-30 06:30 to 2026-03-30",
        ),
    ],
)
def test_the_time_before_is_as_many_days_or_as_long(asked: dict[str, str], before: str) -> None:
    assert str(read(**asked).before).startswith(before)


def test_today_begins_with_the_first_midnight_where_there_are_two() -> None:
    first = datetime.fromisoformat("2026-11-01T04:00Z").timestamp()
    span = read_span("", "", "", first + 5400, ZoneInfo("America/Havana"))
    assert (span.begin, span.end) == (first, first + 5400)
