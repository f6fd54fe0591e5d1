"""Estimates: who is ahead, who serves, how long that takes, and how well it was told."""

import random
from itertools import count
from statistics import mean
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.acd.engine import Engine
from ivr.acd.estimate import Estimate
from ivr.acd.gamma import chance_below, quantile, rest_within
from ivr.acd.messages import ConversationEnded, Enter, LogIn, OfferAnswered, Pause, Ring, Tick
from ivr.model.agents import AgentState
from tests.unit.acd.centre import Centre, site

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


def a_day(seed: int, agents: int, load: float, handle_s: float) -> tuple[float, float, int]:
    """Share of answers within the range told, their mean error in seconds, and how many they are.

    Poisson arrivals, gamma handle times; each caller is told an estimate on entering, if any.
    """
    rng = random.Random(seed)
    names = [f"a{number}" for number in range(agents)]
    engine = Engine(site({name: {} for name in names}, NO_WRAP_UP))
    told: dict[str, tuple[float, Estimate]] = {}
    inside: list[bool] = []
    errors: list[float] = []
    ends: list[tuple[float, str]] = []
    for name in names:
        engine.handle(LogIn(name), 0.0)

    def carry_out(commands: list, now: float) -> None:
        for ring in [command for command in commands if isinstance(command, Ring)]:
            engine.handle(OfferAnswered(ring.offer), now)
            ends.append((now + rng.gammavariate(2, handle_s / 2), ring.call))
            ends.sort()
            if ring.call in told:
                at, found = told.pop(ring.call)
                inside.append(found.low_s <= now - at <= found.high_s)
                errors.append(now - at - middle(found))

    arrival = 0.0
    for number in count():
        arrival += rng.expovariate(load * agents / handle_s)
        while ends and ends[0][0] < arrival:
            at, call = ends.pop(0)
            carry_out(engine.handle(ConversationEnded(call), at), at)
        if number == 1500:
            return mean(inside), mean(errors), len(inside)
        call = f"c{number}"
        enter = Enter(call, "support", "", 0, arrival, arrival + 1e6)
        carry_out(engine.handle(enter, arrival), arrival)
        if engine.is_waiting(call) and (found := engine.estimate(call, arrival)):
            told[call] = (arrival, found)
    raise AssertionError("the day has an end")


@pytest.mark.parametrize(("agents", "load"), [(5, 0.85), (20, 0.95), (60, 0.97)])
def test_most_callers_are_answered_within_the_range_they_were_told(
    agents: int, load: float
) -> None:
    within, error_s, told = a_day(7, agents, load, 180.0)
    assert told > 200
    assert 0.55 <= within <= 0.9
    assert abs(error_s) < 15


def test_an_estimate_with_ten_thousand_waiting_takes_milliseconds() -> None:
    names = {f"a{n}": {"billing": 1 + n % 10, "tech": 1 + n % 7} for n in range(1000)}
    engine = Engine(site(names, {"support": {"title": "S", "length_max": 10_000}}))
    for name in names:
        engine.handle(LogIn(name), 0.0)
        engine.handle(Pause(name, "tea"), 0.0)
    for number in range(10_000):
        skills = f"billing >= {1 + number % 10} or tech >= {1 + number % 7}"
        engine.handle(Enter(f"c{number}", "support", skills, 0, float(number), 1e6), 1e4)
    for seconds in (50, 60, 70) * 5:
        engine.handling.learn("support", seconds)
    engine.estimate("c9999", 1e4)
    began = perf_counter()
    for _ in range(5):
        engine.estimate("c9999", 1e4)
    assert (perf_counter() - began) / 5 < 0.05
