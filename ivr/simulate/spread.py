"""How a time varies: the shapes a scenario may name, and drawing from them."""

from bisect import bisect_left
from collections.abc import Callable
from itertools import pairwise
from math import exp, inf, log, sqrt
from random import Random
from statistics import NormalDist
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ivr.model.shape import Model
from ivr.model.units import Seconds

Positive = Annotated[Seconds, Field(gt=0, le=86400)]
Sampler = Callable[[Random], float]
_STANDARD = NormalDist()


class Lognormal(Model):
    """Handle times mostly look like this: many short ones, a few very long ones."""

    mean: Positive
    cv: Annotated[float, Field(gt=0, le=10)]
    """Standard deviation over mean."""


class Quantile(Model):
    """One point of an empirical distribution."""

    share: Annotated[float, Field(ge=0, le=1)]
    """This share of all ..."""
    within: Annotated[Seconds, Field(ge=0, le=86400)]
    """... takes at most this long."""


class Spread(Model):
    """One shape, with its numbers."""

    fixed: Annotated[Seconds, Field(ge=0, le=86400)] | None = None
    exponential: Positive | None = None
    """The mean."""
    lognormal: Lognormal | None = None
    empirical: Annotated[list[Quantile], Field(min_length=2, max_length=1000)] | None = None
    """Between two points evenly spread. When the last share is below 1, the rest takes for ever:
    patience measured from people most of whom were answered."""

    @model_validator(mode="after")
    def _one_shape(self) -> "Spread":
        if len(self.model_fields_set) != 1:
            raise ValueError("name one of fixed, exponential, lognormal, empirical")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> "Spread":
        for one, other in pairwise(self.empirical or ()):
            if other.share <= one.share or other.within < one.within:
                raise ValueError("empirical points must rise: more of them within more time")
        return self

    @property
    def ends(self) -> bool:
        """Whether every value drawn is finite."""
        return self.empirical is None or self.empirical[-1].share == 1


Patience = Literal["endless"] | Spread


def mean(spread: Spread) -> float:
    """Expected value in seconds; infinite when some draws are."""
    if spread.lognormal:
        return spread.lognormal.mean
    if spread.empirical:
        first = spread.empirical[0]
        if not spread.ends:
            return inf
        steps = pairwise(spread.empirical)
        halves = ((b.share - a.share) * (a.within + b.within) / 2 for a, b in steps)
        return first.share * first.within + sum(halves)
    return spread.fixed if spread.fixed is not None else spread.exponential or 0.0


def sampler(spread: Patience) -> Sampler:
    """Draws one value in seconds, from exactly one random number: so that streams of two runs
    stay side by side whatever the shapes."""
    if spread == "endless":
        return lambda dice: dice.random() * 0.0 + inf
    if spread.lognormal:
        return _lognormal(spread.lognormal)
    if spread.empirical:
        return _empirical(spread.empirical)
    if spread.exponential:
        mean_s = spread.exponential
        return lambda dice: -mean_s * log(1.0 - dice.random())
    fixed_s = spread.fixed or 0.0
    return lambda dice: dice.random() * 0.0 + fixed_s


def _lognormal(shape: Lognormal) -> Sampler:
    sigma = sqrt(log(1.0 + shape.cv**2))
    mu = log(shape.mean) - sigma**2 / 2
    bell = _STANDARD.inv_cdf
    return lambda dice: exp(mu + sigma * bell(dice.random() or 0.5))


def _empirical(points: list[Quantile]) -> Sampler:
    shares = [point.share for point in points]
    values = [point.within for point in points]

    def draw(dice: Random) -> float:
        share = dice.random()
        if share > shares[-1]:
            return inf
        at = bisect_left(shares, share)
        if at == 0:
            return values[0]
        part = (share - shares[at - 1]) / (shares[at] - shares[at - 1])
        return values[at - 1] + part * (values[at] - values[at - 1])

    return draw
