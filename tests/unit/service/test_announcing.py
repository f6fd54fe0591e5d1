"""When announcements are due, and what may be promised."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from ivr.ports import Announcement
from ivr.service.promise import Promise
from ivr.service.schedule import due, next_due
from ivr.spoken.wording import Minutes, rounded

ONCE = Announcement(10)
AGAIN = Announcement(20, 30)
JOINED = 1000.0


def test_each_is_due_at_its_moments() -> None:
    assert next_due([ONCE, AGAIN], JOINED, float("-inf")) == 1010
    assert due([ONCE, AGAIN], JOINED, float("-inf"), 1010) == [ONCE]
    assert next_due([ONCE, AGAIN], JOINED, 1010) == 1020
    assert next_due([ONCE, AGAIN], JOINED, 1020) == 1050
    assert next_due([ONCE], JOINED, 1010) is None


def test_what_came_due_several_times_meanwhile_is_told_once() -> None:
    assert due([ONCE, AGAIN], JOINED, 1005, 1200) == [ONCE, AGAIN]
    assert due([ONCE, AGAIN], JOINED, 1015, 1200) == [AGAIN]


def test_what_was_due_while_nobody_listened_is_not_made_up_for() -> None:
    assert due([ONCE, AGAIN], JOINED, 1200, 1200) == []
    assert next_due([ONCE, AGAIN], JOINED, 1200) == 1230


@given(st.lists(st.tuples(st.floats(0, 7000), st.floats(0, 7000)), max_size=20))
def test_nobody_is_promised_a_longer_wait_than_before(ranges: list[tuple[float, float]]) -> None:
    promise, low, high = Promise(), 0, inf
    for low_s, more_s in ranges:
        minutes = promise.bounded(rounded(low_s, low_s + more_s))
        if minutes is not None:
            assert minutes.high <= high
            assert high == inf or minutes.low <= low
            promise.made(minutes, 0.0)
            low, high = minutes.low, minutes.high


def test_the_first_promise_is_the_one_that_is_settled() -> None:
    promise = Promise()
    promise.made(Minutes(2, 5), 100.0)
    promise.made(Minutes(1, 2), 160.0)
    assert (promise.first_at, promise.first_s) == (100.0, 210.0)
