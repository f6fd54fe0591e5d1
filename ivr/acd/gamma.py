"""The gamma distribution, as far as estimates need it, in plain arithmetic.

Wilson and Hilferty's approximation: the cube root of a gamma variable is nearly normal. Its error
is about a percent for shapes from 1 on, and a few percent below: less than is known of waits.
"""

from math import erfc, exp, sqrt

TAIL = 1e-4
"""Where less than this is left, the approximation's own error would rule."""


def chance_below(x: float, shape: float, mean: float) -> float:
    """P(X <= x) for a gamma variable of this shape and mean, both above 0."""
    if x <= 0:
        return 0.0
    spread = 1.0 / (9.0 * shape)
    z = ((x / mean) ** (1.0 / 3.0) - (1.0 - spread)) / sqrt(spread)
    return 0.5 * erfc(-z / sqrt(2.0))


def quantile(z: float, shape: float, mean: float) -> float:
    """The value below which X lies as often as a normal variable lies below `z`."""
    spread = 1.0 / (9.0 * shape)
    return mean * max(0.0, 1.0 - spread + z * sqrt(spread)) ** 3


def rest_within(t: float, spent: float, shape: float, mean: float) -> tuple[float, float]:
    """Of something that has lasted `spent` already: (P(it ends within t), E[min(its rest, t)])."""
    gone = chance_below(spent, shape, mean)
    left = 1.0 - gone
    if left < TAIL:
        # Far out in its tail a gamma variable ends at a constant rate.
        rest = mean / shape
        ends = 1.0 - exp(-t / rest)
        return ends, min(t, rest * ends)
    ends = chance_below(spent + t, shape, mean) - gone
    # The share of the mean that lies below a value follows the law of the next higher shape.
    longer = mean * (shape + 1.0) / shape
    share = chance_below(spent + t, shape + 1.0, longer) - chance_below(spent, shape + 1.0, longer)
    lasts = mean * share - spent * ends + t * (left - ends)
    return ends / left, min(t, max(0.0, lasts / left))
