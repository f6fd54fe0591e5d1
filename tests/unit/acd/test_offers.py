"""Offer, reservation and what happens when nobody answers."""

import pytest

from ivr.acd.consequences import LEASE_GRACE_S
from ivr.acd.errors import BadMessageError, UnknownOfferError
from ivr.acd.messages import (
    Connect,
    DeviceChanged,
    Left,
    LogOut,
    Pause,
    Ready,
    Ring,
    StopRinging,
    Tick,
)
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId
from tests.unit.acd.centre import Centre

ANYBODY: dict[str, int] = {}
ANN = AgentId("ann")


@pytest.fixture
def one() -> Centre:
    """Ann is free and rung by c1 since t=10; her phone rings."""
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.enter(10, "c1")
    centre.ringing(11, "o1")
    return centre


@pytest.fixture
def two() -> Centre:
    """The same, and Bob is free too, though not for as long."""
    centre = Centre(ann=ANYBODY, bob=ANYBODY)
    centre.log_in(0, "ann")
    centre.log_in(5, "bob")
    centre.enter(10, "c1")
    centre.ringing(11, "o1")
    return centre


def test_an_answer_joins_caller_and_agent_and_ends_the_wait(one: Centre) -> None:
    one.answered(15, "o1")
    assert one.the(Connect) == Connect("o1", "c1", "ann", "support")
    assert one.the(Left) == Left("c1", "support", QueueOutcome.ANSWERED, 5, "ann")
    assert one.state("ann") is AgentState.ON_CALL
    assert one.all(StopRinging) == []


def test_an_answer_counts_even_when_the_ringing_was_never_reported() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.enter(10, "c1")
    centre.answered(11, "o1")
    assert centre.state("ann") is AgentState.ON_CALL


def test_no_answer_pauses_the_agent_and_rings_the_next(two: Centre) -> None:
    two.ended(25, "o1", OfferOutcome.NO_ANSWER)
    assert two.stopped == [("ann", OfferOutcome.NO_ANSWER)]
    assert two.moves[0] == ("ann", AgentState.PAUSED, "rona")
    assert two.rings == [("c1", "bob")]


def test_the_lease_ends_by_itself_shortly_after_the_ring_time(two: Centre) -> None:
    deadline = 10 + 15 + LEASE_GRACE_S
    assert two.engine.next_deadline() == deadline
    assert two.at(deadline - 0.1, Tick()) == []
    two.at(deadline, Tick())
    assert two.stopped == [("ann", OfferOutcome.NO_ANSWER)]
    assert two.rings == [("c1", "bob")]


def test_a_phone_that_never_rang_is_a_failure_not_an_agents_fault() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.enter(10, "c1")
    centre.at(10 + 15 + LEASE_GRACE_S, Tick())
    assert centre.stopped == [("ann", OfferOutcome.FAILED)]
    assert centre.state("ann") is AgentState.AVAILABLE


def test_the_call_that_comes_back_keeps_its_place(one: Centre) -> None:
    one.enter(12, "c2")
    one.ended(20, "o1", OfferOutcome.REJECTED)
    one.at(21, Ready(ANN))
    assert one.rings == [("c1", "ann")]


def test_the_call_does_not_ring_the_same_agent_again_while_another_is_free() -> None:
    centre = Centre(ann=ANYBODY, bob=ANYBODY, cem=ANYBODY)
    centre.log_in(0, "ann", "bob")
    centre.enter(10, "c1")
    centre.ended(12, "o1", OfferOutcome.NO_ANSWER)
    assert centre.rings == [("c1", "bob")]
    centre.at(13, Ready(ANN))
    centre.log_in(20, "cem")
    centre.at(21, Pause(AgentId("bob"), "tea"))
    assert centre.rings == [("c1", "cem")], "though ann has been idle for longer"


def test_but_rather_the_same_agent_again_than_nobody(two: Centre) -> None:
    two.ended(12, "o1", OfferOutcome.NO_ANSWER)
    two.at(13, Ready(ANN))
    two.ended(14, "o2", OfferOutcome.REJECTED)
    assert two.rings == [("c1", "ann")]


def test_declining_pauses_the_agent(one: Centre) -> None:
    one.ended(12, "o1", OfferOutcome.REJECTED)
    assert one.moves == [("ann", AgentState.PAUSED, "rejected")]


@pytest.mark.parametrize(
    ("outcome", "rest_s"), [(OfferOutcome.BUSY, 10), (OfferOutcome.FAILED, 30)]
)
def test_a_busy_or_failing_phone_rests_and_is_then_tried_again(
    one: Centre, outcome: OfferOutcome, rest_s: float
) -> None:
    one.ended(12, "o1", outcome)
    assert one.moves == [("ann", AgentState.AVAILABLE, outcome.value)]
    assert one.rings == []
    assert one.engine.next_deadline() == 12 + rest_s
    one.at(12 + rest_s, Tick())
    assert one.rings == [("c1", "ann")]


def test_ready_ends_the_rest(one: Centre) -> None:
    one.ended(12, "o1", OfferOutcome.BUSY)
    one.at(13, Ready(ANN))
    assert one.rings == [("c1", "ann")]


def test_so_does_a_pause_and_coming_back_from_it(one: Centre) -> None:
    one.ended(12, "o1", OfferOutcome.FAILED)
    one.at(13, Pause(ANN, "tea"))
    one.at(14, Ready(ANN))
    assert one.rings == [("c1", "ann")]


def test_a_phone_that_comes_back_ends_the_rest(one: Centre) -> None:
    one.at(12, DeviceChanged(ANN, reachable=False, busy=False))
    assert one.stopped == [("ann", OfferOutcome.FAILED)]
    one.at(14, DeviceChanged(ANN, reachable=True, busy=False))
    assert one.rings == [("c1", "ann")]


def test_a_caller_who_leaves_while_it_rings_frees_the_agent_at_once(one: Centre) -> None:
    one.leave(14, "c1")
    assert one.stopped == [("ann", OfferOutcome.CANCELLED)]
    assert one.left == [("c1", QueueOutcome.ABANDONED)]
    assert one.state("ann") is AgentState.AVAILABLE


def test_and_the_agent_keeps_the_place_among_the_idle(two: Centre) -> None:
    two.leave(14, "c1")
    two.enter(15, "c2")
    assert two.rings == [("c2", "ann")]


def test_and_a_caller_waiting_behind_is_rung_through_in_the_same_step(one: Centre) -> None:
    one.enter(12, "c2")
    one.leave(14, "c1")
    assert one.rings == [("c2", "ann")]


@pytest.mark.parametrize("message", [Pause(ANN, "tea"), LogOut(ANN)])
def test_an_agent_who_goes_while_it_rings_gives_the_call_back(
    two: Centre, message: Pause | LogOut
) -> None:
    two.at(12, message)
    assert two.stopped == [("ann", OfferOutcome.CANCELLED)]
    assert two.rings == [("c1", "bob")]


def test_results_of_an_offer_that_is_over_change_nothing(one: Centre) -> None:
    one.leave(14, "c1")
    assert one.ringing(15, "o1") == []
    assert one.answered(15, "o1") == []
    assert one.ended(15, "o1", OfferOutcome.NO_ANSWER) == []
    assert one.state("ann") is AgentState.AVAILABLE


def test_an_answer_after_the_lease_is_too_late(one: Centre) -> None:
    one.answered(10 + 15 + LEASE_GRACE_S, "o1")
    assert one.all(Connect) == []
    assert one.stopped == [("ann", OfferOutcome.NO_ANSWER)]


def test_ringing_may_be_reported_twice(one: Centre) -> None:
    assert one.ringing(12, "o1") == []


@pytest.mark.parametrize("offer", ["o2", "o0", "x1", "", "o", "o1x", "o²"])
def test_an_offer_never_made_is_an_error(one: Centre, offer: str) -> None:
    with pytest.raises(UnknownOfferError, match="never made"):
        one.answered(12, offer)


def test_acceptance_is_no_failure(one: Centre) -> None:
    with pytest.raises(BadMessageError, match="OfferAnswered"):
        one.ended(12, "o1", OfferOutcome.ACCEPTED)
    assert one.state("ann") is AgentState.RINGING


def test_the_ring_command_carries_the_queues_own_ring_time() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.enter(1, "c1", queue="sales")
    assert centre.the(Ring).ring_timeout_s == 20
    assert centre.engine.next_deadline() == 1 + 20 + LEASE_GRACE_S


def test_an_offer_called_off_spares_nobody() -> None:
    centre = Centre(ann={}, bob={})
    centre.log_in(0, "ann")
    centre.enter(1, "c1")
    centre.at(2, Pause(AgentId("ann"), "tea"))
    assert centre.stopped == [("ann", OfferOutcome.CANCELLED)]
    assert not centre.engine.call("c1").spared
