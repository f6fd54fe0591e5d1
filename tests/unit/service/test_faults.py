"""Something goes wrong around the routing core: nobody waits for what will never come."""

import asyncio

import pytest

from ivr.acd.errors import UnknownAgentError, UnknownCallError
from ivr.acd.messages import (
    Connect,
    DeviceChanged,
    Enter,
    Input,
    Left,
    OfferAnswered,
    Ring,
    StopRinging,
    Tick,
)
from ivr.model.agents import AgentState, QueueOutcome
from ivr.model.events import AgentChanged, OfferMade, QueueEntered, QueueLeft
from ivr.model.ids import AgentId
from ivr.service.legs import LegAnswered, LegRinging, PhoneChanged
from ivr.service.places import Match, NoMatch, Place
from tests.unit.service.fakes import House, settle

FAILED = NoMatch(QueueOutcome.FAILED)


def enter(house: House, call: str, queue: str = "sales", **more) -> Place:
    terms = {"wait_s_max": 600.0, "skills": "sales >= 1", **more}
    return house.dispatcher.enter(
        call,
        queue,
        priority=0,
        entered_at=house.clock.now(),
        caller=call,
        leave_if_empty=False,
        resumed=False,
        **terms,
    )


def break_core(house: House, kind: type, error: Exception) -> None:
    """The next message of that kind is too much for the core."""
    handle = house.engine.handle
    left = [error]

    def broken(message: Input, now: float) -> list:
        if isinstance(message, kind) and left:
            raise left.pop()
        return handle(message, now)

    house.engine.handle = broken


def break_hand(house: House, kind: type, call: str) -> None:
    """What the core orders for this call cannot be carried out."""
    hand = house.dispatcher._hands[kind]

    def broken(command: Ring | Connect | Left) -> None:
        if command.call == call:
            raise KeyError("broken")
        hand(command)

    house.dispatcher._hands[kind] = broken


async def found(place: Place) -> Match | NoMatch:
    async with asyncio.timeout(5):
        return await place.found


async def test_a_refused_call_is_out_of_line_at_once_and_on_record(house: House) -> None:
    place = enter(house, "c1", skills="no such skill >=")
    assert await found(place) == FAILED
    assert [left.outcome for left in house.events.of(QueueLeft)] == [QueueOutcome.FAILED]
    assert house.faults == ["entry"]
    assert await found(enter(house, "c2", "nowhere")) == FAILED


async def test_a_refused_call_may_enter_again(house: House) -> None:
    enter(house, "c1", skills="no such skill >=")
    place = enter(house, "c1")
    house.log_in("bob")
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    assert await found(place) == Match("bob", "leg-1", "sales")


async def test_who_enters_twice_keeps_the_place_they_have(house: House) -> None:
    first, second = enter(house, "c1"), enter(house, "c1")
    assert await found(second) == FAILED
    assert not first.found.done()
    house.log_in("bob")
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    assert await found(first) == Match("bob", "leg-1", "sales")


async def test_a_core_that_fails_on_a_call_lets_it_go_and_serves_the_others(house: House) -> None:
    other = enter(house, "c1")
    break_core(house, Enter, ZeroDivisionError())
    assert await found(enter(house, "c2")) == FAILED
    assert house.faults == ["core"]
    entered, left = house.events.of(QueueEntered), house.events.of(QueueLeft)
    assert ([e.call for e in entered], [e.call for e in left]) == (["c1", "c2"], ["c2"])
    house.log_in("bob")
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    assert await found(other) == Match("bob", "leg-1", "sales")


@pytest.mark.parametrize("error", [ZeroDivisionError(), UnknownCallError("gone")])
async def test_a_core_that_fails_on_its_timer_is_woken_again(
    house: House, error: Exception
) -> None:
    break_core(house, Tick, error)
    place = enter(house, "c1", wait_s_max=0.01)
    house.clock.advance(0.01)
    assert await found(place) == NoMatch(QueueOutcome.TIMEOUT)
    assert house.faults == ["core"]


async def test_an_order_that_fails_keeps_the_timer_running(house: House) -> None:
    break_hand(house, Ring, "c1")
    enter(house, "c1")
    house.log_in("bob")
    place = enter(house, "c2", "support", skills="support >= 1", wait_s_max=0.01)
    house.clock.advance(0.01)
    assert await found(place) == NoMatch(QueueOutcome.TIMEOUT)


async def test_an_order_that_fails_costs_its_own_call_only(house: House) -> None:
    """Both are offered in answer to one message."""
    break_hand(house, Ring, "c1")
    first = enter(house, "c1")
    second = enter(house, "c2", "support", skills="support >= 1")
    house.log_in("bob", "ada")
    await settle()
    assert await found(first) == FAILED
    assert house.faults[:1] == ["order"]
    assert [offer.call for offer in house.dispatcher.offers()] == ["c2"]
    leg = house.dispatcher.offers()[0].leg
    house.dispatcher.on_leg_event(LegAnswered(leg))
    assert await found(second) == Match("ada", leg, "support")
    assert house.engine.agent(AgentId("bob")).state is AgentState.AVAILABLE


async def test_the_rest_of_what_was_decided_together_is_carried_out(house: House) -> None:
    break_hand(house, Ring, "c1")
    enter(house, "c1")
    house.log_in("bob")
    moves = [(e.before, e.after) for e in house.events.of(AgentChanged)]
    assert moves[1:] == [
        (AgentState.AVAILABLE, AgentState.RESERVED),
        (AgentState.RESERVED, AgentState.AVAILABLE),
    ]
    assert house.events.of(OfferMade) == []


async def test_an_agent_who_cannot_be_joined_is_free_again(house: House) -> None:
    place = enter(house, "c1")
    house.log_in("bob")
    break_hand(house, Connect, "c1")
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    assert await found(place) == FAILED
    assert house.engine.agent(AgentId("bob")).state is AgentState.AVAILABLE
    assert [left.outcome for left in house.events.of(QueueLeft)] == [QueueOutcome.ANSWERED]


async def test_a_phone_that_cannot_be_taken_down_costs_no_caller_the_place(house: House) -> None:
    place = enter(house, "c1")
    house.log_in("bob")
    break_hand(house, StopRinging, "c1")
    house.dispatcher.on_leg_event(LegRinging("leg-1"))
    house.clock.advance(60)
    house.dispatcher.feed(Tick())
    assert house.faults == ["order"]
    assert not place.found.done()


async def test_a_core_that_fails_on_an_answer_lets_that_caller_go(house: House) -> None:
    place = enter(house, "c1")
    house.log_in("bob")
    break_core(house, OfferAnswered, ZeroDivisionError())
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    assert await found(place) == FAILED
    assert house.engine.agent(AgentId("bob")).state is AgentState.AVAILABLE


async def test_a_report_the_core_refuses_does_not_reach_who_reported(house: House) -> None:
    break_core(house, DeviceChanged, UnknownAgentError("nobody"))
    house.dispatcher.on_leg_event(PhoneChanged("1001", True))
    assert house.faults == ["report"]
    house.log_in("bob")
    enter(house, "c1")
    assert [offer.call for offer in house.dispatcher.offers()] == ["c1"]
