"""When new callers are turned away: rules that hold whatever is measured."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from ivr.service.overload import BANDS, OPEN, Band, Gate, Gates, looked, moved, nearness, reasons

BAND = Band(high=10.0, low=4.0, lasting_s=5.0)
LOW = st.floats(0, 3.99)
BETWEEN = st.floats(4.0, 9.99)
HIGH = st.floats(10.0, 100.0)
ANY = st.one_of(LOW, BETWEEN, HIGH)
STEPS = st.lists(st.tuples(ANY, st.floats(0.01, 3.0)), max_size=60)
"""Measured, and seconds until then."""
CLOSED_NEVER = Gate()


def walked(
    steps: Sequence[tuple[float, float]], gate: Gate = CLOSED_NEVER
) -> list[tuple[float, Gate]]:
    """(when, gate) after each look."""
    now, found = 0.0, []
    for value, later in steps:
        now += later
        gate = moved(gate, value, BAND, now)
        found.append((now, gate))
    return found


@given(st.lists(st.tuples(st.one_of(LOW, BETWEEN), st.floats(0.01, 3.0))))
def test_nobody_is_turned_away_while_it_stays_below_the_upper_edge(steps: list) -> None:
    assert not any(gate.shut for _, gate in walked(steps))


@given(st.lists(st.tuples(st.one_of(BETWEEN, HIGH), st.floats(0.01, 3.0))))
def test_nobody_is_taken_again_while_it_stays_above_the_lower_edge(steps: list) -> None:
    assert all(gate.shut for _, gate in walked(steps, Gate(shut=True)))


@given(STEPS)
def test_each_change_was_beyond_its_edge_at_every_look_of_the_time_it_must_last(
    steps: list,
) -> None:
    found, shut = walked(steps), False
    for position, (now, gate) in enumerate(found):
        if gate.shut != shut:
            shut = gate.shut
            looks = [
                value
                for (value, _), (at, _) in zip(steps, found[: position + 1], strict=False)
                if at >= now - BAND.lasting_s
            ]
            assert all((value >= BAND.high) if shut else (value < BAND.low) for value in looks)


@given(st.lists(HIGH, min_size=1))
def test_what_lasts_is_believed(values: list) -> None:
    steps = [(value, 1.0) for value in values]
    assert walked(steps)[-1][1].shut == (len(values) > BAND.lasting_s)


@given(st.integers(0, 50), st.integers(1, 50))
def test_the_limit_of_calls_is_exact(calls: int, calls_max: int) -> None:
    assert reasons(OPEN, calls, calls_max) == (("calls",) if calls >= calls_max else ())
    assert reasons(OPEN, calls, None) == ()


@given(st.permutations(["come"] * 12 + ["go"] * 12), st.integers(1, 6))
def test_there_are_never_more_inside_than_allowed_and_nobody_is_refused_while_there_is_room(
    moves: list, calls_max: int
) -> None:
    inside = 0
    for move in moves:
        if move == "go":
            inside = max(0, inside - 1)
        elif not reasons(OPEN, inside, calls_max):
            inside += 1
        else:
            assert inside == calls_max
    assert inside <= calls_max


@given(st.dictionaries(st.sampled_from(sorted(BANDS)), st.floats(0, 2)))
def test_a_measure_moves_its_own_gate_alone(load: dict) -> None:
    gates: Gates = {**OPEN, "sessions": Gate(shut=True)}
    after = looked(gates, load, 1.0)
    assert {name: after[name] for name in after if name not in load} == {
        name: gates[name] for name in gates if name not in load
    }
    assert set(reasons(after, 0, None)) == {name for name, gate in after.items() if gate.shut}


def test_how_near_it_is_counts_from_nothing_to_turning_callers_away() -> None:
    assert nearness({"lag": 0.125, "sessions": 0.9}, 3, 4) == {
        "calls": 0.75,
        "lag": 0.5,
        "sessions": 1.0,
    }
    assert nearness({"lag": 0.0}, 3, None) == {"lag": 0.0}
