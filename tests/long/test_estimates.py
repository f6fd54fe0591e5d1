"""Estimates against what became true, over days of a busy centre."""

import random
from itertools import count
from statistics import mean

import pytest

from ivr.acd.engine import Engine
from ivr.acd.estimate import Estimate
from ivr.acd.messages import ConversationEnded, Enter, LogIn, OfferAnswered, Ring
from tests.unit.acd.centre import site
from tests.unit.acd.test_estimate import NO_WRAP_UP, middle


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
