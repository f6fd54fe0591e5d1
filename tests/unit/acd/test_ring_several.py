"""Several phones ring for one call; the first to answer has it."""

from typing import Any

from ivr.acd.messages import Connect, Hold, LogOut, Release, Tick
from ivr.model.agents import AgentState, OfferOutcome
from ivr.model.ids import AgentId
from tests.unit.acd.centre import Centre, site

PEOPLE: dict[str, dict[str, int]] = {"ann": {}, "bob": {}, "cem": {}, "dee": {}}
QUEUE: dict[str, Any] = {"title": "S", "ring_several": 3, "wrap_up_s": 0}


def centre(*agents: str) -> Centre:
    house = Centre(site(PEOPLE, {"support": QUEUE, "sales": {"title": "T"}}))
    house.log_in(0, *agents)
    return house


def test_as_many_phones_ring_as_the_queue_wants() -> None:
    house = centre("ann", "bob", "cem", "dee")
    house.enter(1, "c1")
    assert house.rings == [("c1", "ann"), ("c1", "bob"), ("c1", "cem")]
    assert house.engine.call("c1").agents == ("ann", "bob", "cem")


def test_every_call_rings_one_phone_before_any_rings_several() -> None:
    house = centre("ann", "bob", "cem")
    house.at(1, Hold(100.0))
    house.enter(2, "c1")
    house.enter(3, "c2")
    house.at(4, Release())
    assert house.rings == [("c1", "ann"), ("c2", "bob"), ("c1", "cem")]


def test_the_first_to_answer_has_the_call_and_the_others_lose_nothing() -> None:
    house = centre("ann", "bob", "cem")
    house.enter(1, "c1")
    house.ringing(2, "o1")
    house.ringing(2, "o2")
    house.answered(9, "o2")
    assert house.the(Connect).agent == "bob"
    assert house.stopped == [("ann", OfferOutcome.CANCELLED), ("cem", OfferOutcome.CANCELLED)]
    assert house.state("ann") is AgentState.AVAILABLE
    assert house.engine.agent("ann").idle_since == 0
    assert house.answered(9, "o1") == []


def test_the_call_waits_again_only_when_its_last_phone_has_stopped() -> None:
    house = centre("ann", "bob")
    house.enter(1, "c1")
    house.log_in(2, "cem")
    house.ended(3, "o1", OfferOutcome.REJECTED)
    assert house.rings == []
    house.ended(4, "o2", OfferOutcome.REJECTED)
    assert house.rings == [("c1", "cem")]


def test_a_caller_who_hangs_up_stops_every_phone() -> None:
    house = centre("ann", "bob")
    house.enter(1, "c1")
    house.leave(2, "c1")
    assert [agent for agent, _ in house.stopped] == ["ann", "bob"]
    assert house.engine.agent("bob").offer is None


def test_an_agent_who_logs_out_leaves_the_others_ringing() -> None:
    house = centre("ann", "bob")
    house.enter(1, "c1")
    house.at(2, LogOut(AgentId("ann")))
    assert house.stopped == [("ann", OfferOutcome.CANCELLED)]
    assert house.engine.call("c1").agents == ("bob",)


def test_every_phone_has_a_lease_of_its_own() -> None:
    house = centre("ann", "bob")
    house.enter(1, "c1")
    house.at(18, Tick())
    assert [agent for agent, _ in house.stopped] == ["ann", "bob"]


def test_a_wanted_agent_rings_alone() -> None:
    house = centre("ann", "bob")
    house.enter(1, "c1", wanted=AgentId("bob"), wanted_until=60.0)
    assert house.rings == [("c1", "bob")]
