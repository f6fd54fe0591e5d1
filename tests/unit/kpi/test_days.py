"""When a day begins."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.model.days import midnight
from ivr.service.own_numbers import day_of


@pytest.mark.parametrize(
    ("zone", "moment", "begun"),
    [
        ("Europe/Berlin", "2026-03-29T10:00Z", "2026-03-28T23:00Z"),  # an hour is skipped in it
        ("Asia/Kolkata", "2026-03-29T18:29Z", "2026-03-28T18:30Z"),
        ("America/Santiago", "2026-09-06T12:00Z", "2026-09-06T04:00Z"),  # midnight is skipped
        ("America/Havana", "2026-11-01T04:30Z", "2026-11-01T04:00Z"),
        ("America/Havana", "2026-11-01T05:30Z", "2026-11-01T04:00Z"),  # half past twelve again
    ],
)
def test_a_day_begins_where_the_house_is(zone: str, moment: str, begun: str) -> None:
    at, begin = (datetime.fromisoformat(text).timestamp() for text in (moment, begun))
    assert midnight(at, ZoneInfo(zone)).timestamp() == begin
    assert day_of(at, ZoneInfo(zone))[0] == begin
