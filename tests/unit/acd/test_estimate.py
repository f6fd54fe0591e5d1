"""Estimates: who is ahead, who serves, how long that takes, and how well it was told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.acd.engine import Engine
from ivr.acd.estimate import Estimate
from ivr.acd.gamma import chance_below, quantile, rest_within
from ivr.acd.messages import Enter, LogIn, OfferAnswered, Pause, Ring, Tick
from ivr.model.agents import AgentState
from tests.unit.acd.centre import Centre, site
from tests.unit.counting import calls_in

NO_WRAP_UP = {"support": {"title": "Support", "wrap_up_s": 0}}


def talking(agents: int, *, handle_s: float = 60.0, seen: int = 20) -> Centre:
    """All these agents began a conversation at 1000; calls took that long so far."""
    centre = Centre(**{f"a{number}": {"billing": 5} for number in range(agents)})
    centre.log_in(1000.0, *(f"a{number}" for number in range(agents)))
    for number in range(agents):
        centre.talk(1000.0, f"talk{number}", queue="sales")
    for _ in range(seen):
        centre.engine.handling.learn("sales", handle_s)
        centre.engine.handling.learn("sales", handle_s * 0.2)
        centre.engine.handling.learn("sales", handle_s * 1.8)
    return centre


def estimate(centre: Centre, call: str, now: float) -> Estimate:
    found = centre.engine.estimate(call, now)
    assert found is not None
    return found


def middle(found: Estimate) -> float:
    return (found.low_s + found.high_s) / 2


def test_nothing_is_said_before_enough_was_seen() -> None:
    centre = talking(3, seen=0)
    centre.enter(1000.0, "c", queue="sales")
    assert centre.engine.estimate("c", 1000.0) is None


def test_nothing_is_said_when_nobody_able_is_on_duty() -> None:
    centre = talking(3)
    centre.enter(1000.0, "c", "tech >= 5", queue="sales")
    assert centre.engine.estimate("c", 1000.0) is None


def test_who_pauses_after_the_conversation_does_not_count() -> None:
    centre = talking(2)
    centre.enter(1000.0, "c", queue="sales")
    with_both = estimate(centre, "c", 1000.0)
    centre.at(1000.0, Pause("a0", "tea"))
    assert middle(estimate(centre, "c", 1000.0)) > 1.5 * middle(with_both)


def test_a_range_too_wide_to_help_is_not_told() -> None:
    centre = talking(1, handle_s=900.0)
    centre.enter(1000.0, "c", queue="sales")
    assert centre.engine.estimate("c", 1000.0) is None


def test_each_call_ahead_adds_a_share_of_the_handle_time() -> None:
    centre = talking(10)
    for number in range(30):
        centre.enter(1000.0, f"c{number}", queue="sales")
    found = [estimate(centre, f"c{number}", 1000.0) for number in range(30)]
    assert [one.position for one in found] == list(range(1, 31))
    assert middle(found[29]) - middle(found[9]) == pytest.approx(20 * 60 / 10, rel=0.15)


def test_time_already_spent_brings_the_turn_nearer() -> None:
    centre = talking(10)
    centre.enter(1001.0, "c", queue="sales")
    assert middle(estimate(centre, "c", 1060.0)) < middle(estimate(centre, "c", 1001.0))


def test_calls_for_other_agents_are_not_ahead() -> None:
    centre = Centre(ann={"billing": 5}, tom={"tech": 5}, una={"billing": 5, "tech": 5})
    centre.log_in(1000.0, "ann", "tom", "una")
    for number in range(3):
        centre.talk(1000.0, f"talk{number}", queue="sales")
    for seconds in (50, 60, 70) * 5:
        centre.engine.handling.learn("sales", seconds)
    for number in range(4):
        centre.enter(1000.0, f"t{number}", "tech >= 1", queue="sales")
    centre.enter(1001.0, "c", "billing >= 1", queue="sales")
    # One of the two agents for these four calls may serve this one as well.
    assert estimate(centre, "c", 1001.0).position == 1 + 4 / 2


def test_asking_changes_nothing_that_routing_sees() -> None:
    asked, silent = talking(3), talking(3)
    for centre in (asked, silent):
        centre.enter(1000.0, "c", queue="sales")
    estimate(asked, "c", 1000.0)
    assert asked.engine.calls() == silent.engine.calls()
    assert asked.engine.next_deadline() == silent.engine.next_deadline()


def test_what_was_announced_too_low_is_told_higher_next_time() -> None:
    centre = talking(5)
    before = centre.engine.handling.correction("sales")
    for number in range(60):
        centre.engine.handling.expect(f"x{number}", "sales", 0.0, 100.0)
        centre.engine.handling.left(f"x{number}", 200.0, answered=True)
    assert before == 1.0
    assert centre.engine.handling.correction("sales") == pytest.approx(1.9, abs=0.15)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), max_size=50))
def test_the_correction_stays_within_its_bounds(promises: list[tuple[float, float]]) -> None:
    handling = Centre().engine.handling
    for number, (expected_s, actual_s) in enumerate(promises):
        handling.expect(f"x{number}", "sales", 0.0, expected_s)
        handling.left(f"x{number}", actual_s, answered=True)
    assert 0.25 <= handling.correction("sales") <= 4.0


def test_handle_time_is_talk_and_wrap_up() -> None:
    centre = Centre(ann={})
    centre.log_in(0.0, "ann")
    for number in range(5):
        at = 100.0 * number
        centre.talk(at, f"c{number}")
        centre.hung_up(at + 50, f"c{number}")
        centre.at(at + 60, Tick())
    centre.talk(600.0, "last")
    handled = centre.engine.handling.of("support")
    assert handled is not None
    assert handled.mean_s == pytest.approx(60.0)
    assert centre.state("ann") is AgentState.ON_CALL


@given(st.floats(0, 500), st.floats(0, 2000), st.floats(0.4, 4))
def test_what_is_left_of_a_conversation_is_a_probability_and_a_time(
    t: float, spent: float, shape: float
) -> None:
    ends, lasts = rest_within(t, spent, shape, 60.0)
    assert -0.01 <= ends <= 1.0
    assert 0.0 <= lasts <= t


def test_the_gamma_approximation_is_that_of_the_exponential() -> None:
    assert chance_below(60.0, 1.0, 60.0) == pytest.approx(0.632, abs=0.01)
    assert quantile(1.04, 1.0, 60.0) == pytest.approx(114, rel=0.03)


def crowd(waiting: int) -> tuple[Engine, str]:
    """A hundred agents who all talk, so many calls of seventy wishes, and the last of them."""
    names = {f"a{n}": {"billing": 1 + n % 10, "tech": 1 + n % 7} for n in range(100)}
    engine = Engine(site(names, {"support": {"title": "S", "length_max": waiting + 100}}))
    for name in names:
        engine.handle(LogIn(name), 0.0)
        said = engine.handle(Enter(f"to {name}", "support", "", 0, 0.0, 1e6), 0.0)
        (ring,) = [one for one in said if isinstance(one, Ring)]
        engine.handle(OfferAnswered(ring.offer), 0.0)
    for number in range(waiting):
        skills = f"billing >= {1 + number % 10} or tech >= {1 + number % 7}"
        engine.handle(Enter(f"c{number}", "support", skills, 0, 1 + number / 1000, 1e6), 10.0)
    for seconds in (50, 60, 70) * 5:
        engine.handling.learn("support", seconds)
    return engine, f"c{waiting - 1}"


def test_an_estimate_costs_the_same_for_ten_times_as_many_of_the_same_wishes() -> None:
    few, last_of_few = crowd(200)
    many, last_of_many = crowd(2000)
    assert few.estimate(last_of_few, 10.0) is not None
    assert many.estimate(last_of_many, 10.0) is not None
    few_calls = calls_in(lambda: few.estimate(last_of_few, 10.0))
    many_calls = calls_in(lambda: many.estimate(last_of_many, 10.0))
    assert many_calls < 2 * few_calls
