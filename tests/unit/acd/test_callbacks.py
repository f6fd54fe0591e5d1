"""Call-backs wait like callers, but beside the queue's length, and only so many are under way."""

from typing import Any

from ivr.acd.messages import Resume, Tick
from ivr.model.agents import OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, QueueId
from tests.unit.acd.centre import Centre, site

PEOPLE: dict[str, dict[str, int]] = {"ann": {}, "bob": {}, "cem": {}}
QUEUE: dict[str, Any] = {
    "title": "S",
    "length_max": 1,
    "wrap_up_s": 0,
    "callback": {"active_max": 1},
}
FULL = "as many call-backs of this queue are under way as may be"


def centre(*agents: str) -> Centre:
    house = Centre(site(PEOPLE, {"support": QUEUE}))
    house.log_in(0, *agents)
    return house


def test_a_call_back_takes_no_callers_place_in_the_queue() -> None:
    house = centre()
    house.enter(0, "b1", callback=True)
    house.enter(0, "b2", callback=True)
    house.enter(1, "c1")
    assert house.left == []
    house.enter(2, "c2")
    assert house.left == [("c2", QueueOutcome.OVERFLOW)]


def test_a_call_back_enters_however_many_callers_wait() -> None:
    house = centre()
    house.enter(0, "c1")
    house.enter(1, "b1", callback=True)
    assert house.left == []


def test_only_as_many_call_backs_ring_as_allowed_and_callers_pass_them() -> None:
    house = centre("ann", "bob")
    house.enter(1, "b1", callback=True)
    assert house.rings == [("b1", "ann")]
    house.enter(2, "b2", callback=True)
    assert house.rings == []
    assert house.engine.why_not("bob", "b2") == FULL
    house.enter(3, "c1")
    assert house.rings == [("c1", "bob")]


def test_a_call_back_that_talks_counts_until_the_talk_is_over() -> None:
    house = centre("ann", "bob")
    house.enter(1, "b1", callback=True)
    house.enter(2, "b2", callback=True)
    house.answered(3, "o1")
    assert house.rings == []
    house.hung_up(60, "b1")
    assert house.rings == [("b2", "bob")]


def test_a_call_back_that_leaves_makes_room_for_the_next() -> None:
    house = centre("ann", "bob")
    house.enter(1, "b1", callback=True)
    house.enter(2, "b2", callback=True)
    house.leave(5, "b1", QueueOutcome.WITHDRAWN)
    assert house.rings == [("b2", "ann")]


def test_a_call_back_whose_offer_failed_competes_for_the_room_by_its_place() -> None:
    house = centre("ann", "bob")
    house.enter(1, "b1", callback=True)
    house.enter(2, "b2", callback=True)
    house.ended(3, "o1", OfferOutcome.REJECTED)
    assert house.rings == [("b1", "bob")]


def test_a_call_back_found_talking_after_a_restart_counts() -> None:
    house = centre("ann", "bob")
    house.at(1, Resume(CallId("b1"), AgentId("ann"), QueueId("support"), callback=True))
    house.enter(2, "b2", callback=True)
    assert house.rings == []
    house.hung_up(3, "b1")
    assert house.rings == [("b2", "bob")]


def test_the_lease_lasts_longer_when_the_customer_is_called_first() -> None:
    house = centre("ann")
    house.enter(0, "b1", callback=True, lead_s=30.0)
    house.at(46.9, Tick())
    assert house.stopped == []
    house.at(47, Tick())
    assert house.stopped == [("ann", OfferOutcome.FAILED)]


def test_a_call_back_given_up_keeps_no_place() -> None:
    house = Centre(site(PEOPLE, {"support": {**QUEUE, "redial_grace_s": 60}}))
    house.enter(0, "b1", callback=True, caller="100")
    house.leave(1, "b1", QueueOutcome.ABANDONED)
    assert house.engine.kept_place("support", "100", 2) is None


def test_two_who_make_room_in_one_instant_make_room_for_two() -> None:
    """Nobody looked in time: first the phones had rung for too long, then the callers' time was up;
    those who did not answer are paused, and only who waits tells that others are free."""
    two = {**QUEUE, "callback": {"active_max": 2}}
    house = Centre(site({**PEOPLE, "dee": {}}, {"support": two}))
    house.log_in(0, "ann", "bob")
    for call in ("b1", "b2"):
        house.enter(1, call, callback=True, wait_s_max=29)
    house.log_in(2, "cem", "dee")
    for call in ("b3", "b4"):
        house.enter(3, call, callback=True)
    assert house.rings == []
    house.at(60, Tick())
    assert house.left == [("b1", QueueOutcome.TIMEOUT), ("b2", QueueOutcome.TIMEOUT)]
    assert house.rings == [("b3", "cem"), ("b4", "dee")]
