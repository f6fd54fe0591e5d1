"""Shapes of times: what is drawn has the mean that was asked for."""

from collections.abc import Mapping
from math import inf
from random import Random
from statistics import fmean, stdev
from typing import Any

import pytest
from pydantic import ValidationError

from ivr.simulate.callers import moments
from ivr.simulate.spread import Spread, mean, sampler

DRAWS = 20_000
EMPIRICAL = [{"share": 0.5, "within": 10}, {"share": 1, "within": 30}]


@pytest.mark.parametrize(
    "shape",
    [
        {"fixed": 12},
        {"exponential": 60},
        {"lognormal": {"mean": 240, "cv": 0.9}},
        {"empirical": EMPIRICAL},
    ],
)
def test_draws_have_the_mean(shape: Mapping[str, Any]) -> None:
    spread, dice = Spread.model_validate(shape), Random(1)
    draw = sampler(spread)
    assert fmean(draw(dice) for _ in range(DRAWS)) == pytest.approx(mean(spread), rel=0.03)


def test_a_lognormal_varies_as_asked() -> None:
    draw = sampler(Spread.model_validate({"lognormal": {"mean": 100, "cv": 0.5}}))
    dice = Random(1)
    assert stdev(draw(dice) for _ in range(DRAWS)) == pytest.approx(50, rel=0.05)


def test_patience_may_last_for_ever() -> None:
    points = [{"share": 0, "within": 0}, {"share": 0.25, "within": 40}]
    spread = Spread.model_validate({"empirical": points})
    draw, dice = sampler(spread), Random(1)
    drawn = [draw(dice) for _ in range(DRAWS)]
    assert drawn.count(inf) / DRAWS == pytest.approx(0.75, abs=0.01)
    assert not spread.ends
    assert mean(spread) == inf
    assert sampler("endless")(dice) == inf


@pytest.mark.parametrize(
    "shape",
    [
        {"fixed": 1},
        {"exponential": 1},
        {"lognormal": {"mean": 1, "cv": 1}},
        {"empirical": EMPIRICAL},
        "endless",
    ],
)
def test_every_shape_takes_one_random_number(shape: Any) -> None:
    draw = sampler(shape if shape == "endless" else Spread.model_validate(shape))
    one, other = Random(5), Random(5)
    draw(one)
    other.random()
    assert one.random() == other.random()


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"fixed": 1, "exponential": 2},
        {"empirical": [{"share": 0.5, "within": 9}, {"share": 1, "within": 3}]},
        {"lognormal": {"mean": 0, "cv": 1}},
    ],
)
def test_an_unclear_shape_is_refused(shape: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Spread.model_validate(shape)


def test_arrivals_follow_the_profile_half_hour_by_half_hour() -> None:
    profile = [0.0, 100.0, 0.0, 20.0]
    seen = [0.0] * 4
    for seed in range(100):
        for at_s in moments(profile, 7200, Random(seed)):
            seen[int(at_s // 1800)] += 1 / 100
    assert seen == pytest.approx(profile, abs=3)


def test_more_calls_bring_every_caller_forward_and_reshuffle_nobody() -> None:
    few = list(moments([50.0], 1800, Random(3)))
    many = list(moments([100.0], 1800, Random(3)))
    assert few == pytest.approx([2 * at for at in many[: len(few)]])
