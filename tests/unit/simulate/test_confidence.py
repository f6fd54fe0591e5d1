"""How wide a confidence interval is: against tables, not against itself."""

import pytest

from ivr.simulate.confidence import interval, student_t


@pytest.mark.parametrize(
    ("freedom", "level", "quantile"),
    [
        # Two-sided; from the table of Student's distribution, e.g. NIST/SEMATECH 1.3.6.7.2.
        (1, 0.95, 12.706),
        (2, 0.95, 4.303),
        (4, 0.95, 2.776),
        (9, 0.95, 2.262),
        (29, 0.95, 2.045),
        (100, 0.95, 1.984),
        (9, 0.90, 1.833),
        (9, 0.99, 3.250),
    ],
)
def test_the_quantile_is_that_of_the_table(freedom: int, level: float, quantile: float) -> None:
    assert student_t(freedom, level) == pytest.approx(quantile, abs=5e-4)


def test_the_interval_is_as_wide_as_by_hand() -> None:
    """Standard deviation 1.5811, so standard error 0.7071, times 2.776."""
    found = interval([1.0, 2.0, None, 3.0, 4.0, 5.0])
    assert found is not None
    assert (found.mean, found.count) == (3.0, 5)
    assert found.half_width == pytest.approx(1.963, abs=5e-4)
    assert (found.low, found.high) == pytest.approx((1.037, 4.963), abs=5e-4)


def test_one_value_says_nothing_of_chance() -> None:
    found = interval([4.0])
    assert found is not None
    assert (found.half_width, found.low, found.high) == (None, None, None)
    assert interval([None]) is None
