"""What the tables of measurements promise."""

import pytest

from benchmarks.figures import Series, below, goals, ratio_within, times_better


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


@pytest.mark.parametrize(("value", "met"), [(13.5, True), (13.6, False)])
def test_a_cost_may_be_so_many_times_the_peers(value: float, met: bool) -> None:
    figure = ratio_within("cost", value, "ms", 10, at_most=1.35)
    assert figure.met is met
    assert ("met " if met else "MISSED") in goals([figure])


def test_a_rate_has_to_reach_its_share_of_the_peers() -> None:
    held = [ratio_within("rate", rate, "1/s", 100, at_least=0.8).met for rate in (80, 79)]
    assert held == [True, False]


def test_a_peer_that_did_nothing_proves_nothing_cheap() -> None:
    assert ratio_within("cost", 1, "ms", 0, at_most=1.35).met is False


def test_a_share_is_shown_as_a_share() -> None:
    assert "1.2 x the peer's, goal <= 1.35" in goals(
        [ratio_within("cost", 12, "ms", 10, at_most=1.35)]
    )
