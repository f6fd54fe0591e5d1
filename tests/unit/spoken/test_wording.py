"""What is told in line: a bounded vocabulary, ranges that never promise too much."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.spoken import WORDINGS
from ivr.spoken.wording import Minutes, Rewording, rounded

WORDING = WORDINGS["en"]
SECONDS = st.floats(min_value=0, max_value=20_000)


@pytest.mark.parametrize(
    ("position", "told"),
    [
        (1, "You are the next caller."),
        (2, "You are number 2 in line."),
        (20, "You are number 20 in line."),
        (21, "There are 20 or more callers before you."),
        (500, "There are 20 or more callers before you."),
    ],
)
def test_a_place_in_line_in_words(position: int, told: str) -> None:
    assert WORDING.told_position(position) == told


@pytest.mark.parametrize(
    ("low_s", "high_s", "told"),
    [
        (0, 30, "in less than one minute"),
        (10, 150, "in less than 3 minutes"),
        (60, 60, "in about one minute"),
        (300, 300, "in about 5 minutes"),
        (130, 400, "in between 2 and 10 minutes"),
        (3000, 9000, "longer than 45 minutes"),
    ],
)
def test_an_expected_wait_in_words(low_s: float, high_s: float, told: str) -> None:
    assert told in WORDING.told_range(rounded(low_s, high_s))


def test_a_range_that_says_nothing_is_not_told() -> None:
    assert WORDING.told_range(Minutes(1, inf)) == ""


@pytest.mark.parametrize(
    ("wait_s", "told"),
    [
        (59, "Waited less than one minute."),
        (60, "Waited one minute."),
        (125, "Waited 2 minutes."),
        (17 * 60, "Waited 15 minutes."),
        (7200, "Waited 60 minutes or more."),
    ],
)
def test_a_wait_that_is_over_in_words(wait_s: float, told: str) -> None:
    assert WORDING.told_wait(wait_s) == told


def test_a_site_speaks_its_own_language() -> None:
    wording = Rewording(position="Noch {n} vor dir.").of(WORDINGS["de"])
    assert wording.told_position(7) == "Noch 7 vor dir."
    assert wording.told_position(1) == WORDINGS["de"].position_first
    with pytest.raises(ValueError, match="position"):
        Rewording(position="Sie warten.")


@given(SECONDS, SECONDS)
def test_a_range_told_holds_the_range_expected(one_s: float, other_s: float) -> None:
    low_s, high_s = sorted((one_s, other_s))
    minutes = rounded(low_s, high_s)
    assert minutes.low * 60 <= low_s
    assert minutes.high * 60 >= high_s


@given(SECONDS, SECONDS, st.integers(min_value=1, max_value=1000))
def test_whatever_is_told_was_rendered_before(low_s: float, more_s: float, position: int) -> None:
    assert WORDING.told_range(rounded(low_s, low_s + more_s)) in WORDING.ranges() | {""}
    assert WORDING.told_position(position) in WORDING.positions()
    assert WORDING.told_wait(low_s) in WORDING.waits()
