"""How sure a mean over replications is: Student's t, without a statistics library."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma, log, sqrt
from statistics import fmean, stdev

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """The mean, and how far around it the true one may lie at the level asked for."""

    mean: float
    half_width: float | None
    """None: a single value says nothing about chance."""
    count: int

    @property
    def low(self) -> float | None:
        return None if self.half_width is None else self.mean - self.half_width

    @property
    def high(self) -> float | None:
        return None if self.half_width is None else self.mean + self.half_width


def interval(values: Sequence[float | None], level: float = LEVEL) -> Interval | None:
    """Over independent replications; those without a figure are left out. None: no figure."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    if len(known) == 1:
        return Interval(known[0], None, 1)
    error = stdev(known) / sqrt(len(known))
    return Interval(fmean(known), student_t(len(known) - 1, level) * error, len(known))


@lru_cache(maxsize=1024)
def student_t(freedom: int, level: float) -> float:
    """Two-sided quantile of Student's distribution, found by halving."""
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        outside = _beta_share(freedom / (freedom + middle * middle), freedom / 2, 0.5)
        low, high = (middle, high) if outside > 1.0 - level else (low, middle)
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b)."""
    if x in (0.0, 1.0):
        return x
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _beta_share(1.0 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1.0 - x)) / a
    return front / _continued_fraction(x, a, b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    """1 + d1/(1 + d2/(1 + ...)), evaluated from the far end; 300 terms are ample here."""
    value = 1.0
    for k in range(300, 0, -1):
        m = k // 2
        if k % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        value = 1.0 + term / value
    return value
