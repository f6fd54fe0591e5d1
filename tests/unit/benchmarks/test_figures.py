"""What the tables of measurements promise."""

import pytest

from benchmarks.figures import Series, below, times_better


def test_a_quantile_is_a_value_that_was_measured() -> None:
    series = Series("hundred", [number / 1000 for number in range(100, 0, -1)])
    assert (series.p50_ms, series.p99_ms, series.max_ms) == (50, 99, 100)


def test_one_slow_value_of_ten_is_the_p99() -> None:
    assert Series("ten", [0.001] * 9 + [0.5]).p99_ms == 500


def test_nothing_measured_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="nothing was measured for 'empty'"):
        Series("empty", []).quantile_s(0.5)


def test_a_goal_is_met_below_its_limit_only() -> None:
    assert [below("p50", value, 5).met for value in (4.999, 5.0)] == [True, False]


def test_a_ratio_says_how_many_times_longer_the_peer_takes() -> None:
    figure = times_better("p50", 5, 500, 100)
    assert (figure.ratio, figure.met) == (100, True)
    assert times_better("p50", 5, 499, 100).met is False
