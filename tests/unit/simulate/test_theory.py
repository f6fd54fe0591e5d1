"""The formulas against published values."""

from math import log

import pytest

from ivr.simulate.confidence import interval, student_t
from ivr.simulate.erlang import Load, erlang_a, erlang_b, erlang_c

FIFTY = Load(48 / 60, 60, 50)
"""50 agents, 48 calls a minute of a minute each; with patience of two minutes the comparison of
both formulas in O. Garnett, A. Mandelbaum and M. Reiman, "Designing a call center with impatient
customers" (2002)."""


@pytest.mark.parametrize(
    ("erlangs", "agents", "blocked"), [(10, 15, 0.0365), (4.461, 10, 0.01), (1, 1, 0.5)]
)
def test_erlang_b(erlangs: float, agents: int, blocked: float) -> None:
    assert erlang_b(erlangs, agents) == pytest.approx(blocked, abs=5e-5)


def test_erlang_c_as_published() -> None:
    found = erlang_c(FIFTY, 20)
    assert found.wait_s == pytest.approx(20.8, abs=0.05)
    assert found.wait_s * FIFTY.calls_per_s == pytest.approx(17, abs=0.5)
    assert found.occupancy == pytest.approx(0.96)
    drain_per_s = (50 - 48) / 60
    assert log(found.waiting / 0.1) / drain_per_s == pytest.approx(58.1, abs=0.05)


def test_erlang_c_of_the_everyday_example() -> None:
    found = erlang_c(Load(200 / 3600, 180, 14), 20)
    assert found.waiting == pytest.approx(0.174, abs=5e-4)
    assert found.in_time == pytest.approx(0.888, abs=5e-4)
    assert found.wait_s == pytest.approx(7.8, abs=0.05)


def test_erlang_a_as_published() -> None:
    found = erlang_a(Load(48 / 60, 60, 50, 120), 20)
    assert found.abandoned == pytest.approx(0.031, abs=5e-4)
    assert found.wait_s == pytest.approx(3.7, abs=0.05)
    assert found.occupancy == pytest.approx(0.93, abs=5e-3)


def test_erlang_a_becomes_erlang_c_when_patience_grows() -> None:
    patient, endless = erlang_a(Load(0.8, 60, 50, 1e9), 20), erlang_c(FIFTY, 20)
    assert patient.in_time == pytest.approx(endless.in_time, abs=1e-6)
    assert patient.wait_s == pytest.approx(endless.wait_s, abs=1e-3)


def test_too_few_agents_never_cope() -> None:
    with pytest.raises(ValueError, match="never cope"):
        erlang_c(Load(1, 60, 60), 20)


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(1, 12.706), (4, 2.776), (9, 2.262), (30, 2.042)]
)
def test_student_as_in_the_tables(freedom: int, quantile: float) -> None:
    assert student_t(freedom, 0.95) == pytest.approx(quantile, abs=5e-4)


def test_an_interval_needs_two_values() -> None:
    assert interval([]) is None
    assert interval([None, None]) is None
    one = interval([4.0, None])
    assert one is not None
    assert (one.mean, one.half_width, one.low, one.high) == (4.0, None, None, None)
