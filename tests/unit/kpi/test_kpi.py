"""Every figure against numbers worked out by hand."""

import pytest

from ivr.kpi import (
    DEFAULT,
    SERVICE_LEVELS,
    Counts,
    Seconds,
    abandonment,
    aht,
    asa,
    occupancy,
    utilisation,
)

REFERENCE = Counts(
    answered=1000,
    answered_in_time=860,
    abandoned=60,
    abandoned_in_time=20,
    abandoned_short=12,
)
NOBODY = Counts(0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("formula", "level"),
    [
        ("offered_minus_short", 0.8206),
        ("answered", 0.8600),
        ("all_in_time", 0.8302),
        ("offered", 0.8113),
        ("excluding_fast_abandons", 0.8269),
    ],
)
def test_service_level_of_the_reference_check(formula: str, level: float) -> None:
    assert SERVICE_LEVELS[formula](REFERENCE) == pytest.approx(level, abs=5e-5)


def test_the_default_formula_is_one_of_them() -> None:
    assert DEFAULT in SERVICE_LEVELS


def test_short_abandonments_are_no_abandonments() -> None:
    assert abandonment(REFERENCE) == pytest.approx(48 / 1048)


@pytest.mark.parametrize("formula", [*SERVICE_LEVELS.values(), abandonment])
def test_without_calls_there_is_no_figure(formula) -> None:
    assert formula(NOBODY) is None


def test_averages_are_over_answered_calls() -> None:
    spent = Seconds(talk=600, hold=60, wrap_up=100)
    assert asa(4, 50.0) == 12.5
    assert aht(4, spent) == 190.0
    assert asa(0, 0.0) is None
    assert aht(0, spent) is None


def test_a_pause_counts_for_utilisation_only() -> None:
    spent = Seconds(available=300, ringing=10, talk=500, hold=40, wrap_up=50, paused=100)
    assert occupancy(spent) == pytest.approx(600 / 900)
    assert utilisation(spent) == pytest.approx(600 / 1000)
    assert occupancy(Seconds()) is None
    assert utilisation(Seconds()) is None
