"""Who comes first in line: queue terms, a wanted agent, later entries, priority, kept places."""

from typing import Any

import pytest

from ivr.acd.engine import Engine
from ivr.acd.errors import BadMessageError, UnknownCallError, UnknownQueueError
from ivr.acd.messages import (
    ConversationEnded,
    Enter,
    Hold,
    KeepPlace,
    LogIn,
    LogOut,
    OfferAnswered,
    Pause,
    Release,
    Reprioritise,
    Ring,
    Tick,
)
from ivr.acd.places import KEPT_MAX, KeptPlaces
from ivr.model.agents import OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, QueueId
from tests.unit.acd.centre import Centre, site

SUPPORT: dict[str, Any] = {"title": "Support", "wrap_up_s": 0, "redial_grace_s": 60}
SALES: dict[str, Any] = {"title": "Sales", "wrap_up_s": 0}
QUEUES = {"support": SUPPORT, "sales": SALES}


def centre(**terms: dict[str, dict[str, float]]) -> Centre:
    return Centre(site({"ann": {"billing": 5}, "bob": {"billing": 3}}, QUEUES, terms))


# --- queue terms of one agent


def test_a_queue_that_comes_first_for_an_agent_counts_as_a_minute_older_per_point() -> None:
    house = centre(ann={"sales": {"priority": 1}})
    house.enter(0, "support", queue="support")
    house.enter(50, "sales", queue="sales")
    house.log_in(60, "ann")
    assert house.rings == [("sales", "ann")]
    assert "comes first for this agent" in house.the(Ring).reason
    house.log_in(60, "bob")
    assert house.rings == [("support", "bob")]


def test_a_call_more_than_the_points_older_still_comes_first() -> None:
    house = centre(ann={"sales": {"priority": 1}})
    house.enter(0, "support", queue="support")
    house.enter(61, "sales", queue="sales")
    house.log_in(62, "ann")
    assert house.rings == [("support", "ann")]


def test_an_agent_gets_a_queues_calls_only_after_the_delay() -> None:
    house = centre(ann={"sales": {"delay_s": 30}})
    house.log_in(0, "ann")
    house.enter(10, "c1", queue="sales")
    assert house.rings == []
    assert house.engine.why_not("ann", "c1") == "gets calls of this queue after 30 s: at 40.0"
    assert house.engine.next_deadline() == 40
    house.at(40, Tick())
    assert house.rings == [("c1", "ann")]


def test_priority_counts_as_time_waited_towards_the_delay() -> None:
    house = centre(ann={"sales": {"delay_s": 30}})
    house.log_in(0, "ann")
    house.enter(10, "c1", queue="sales", priority=1)
    assert house.rings == [("c1", "ann")]


def test_a_relaxation_step_that_weighs_shortens_the_delay() -> None:
    queues = {"support": {**SUPPORT, "relax": [{"after": 10, "priority": 1}]}}
    line = Centre(site({"ann": {}}, queues, {"ann": {"support": {"delay_s": 120}}}))
    line.log_in(0, "ann")
    line.enter(0, "c1")
    line.at(10, Tick())
    assert line.engine.next_deadline() == 60
    line.at(60, Tick())
    assert line.rings == [("c1", "ann")]


def test_another_priority_while_ringing_shortens_the_delay_too() -> None:
    line = centre(ann={"support": {"delay_s": 120}})
    line.log_in(0, "ann", "bob")
    line.enter(0, "c1")
    line.at(1, Reprioritise(CallId("c1"), 1))
    line.ended(2, "o1", OfferOutcome.NO_ANSWER)
    line.at(60, Tick())
    assert line.rings == [("c1", "ann")]


def test_others_serve_the_call_before_the_delay_has_passed() -> None:
    house = centre(ann={"sales": {"delay_s": 30}})
    house.log_in(0, "ann", "bob")
    house.enter(10, "c1", queue="sales")
    assert house.rings == [("c1", "bob")]


# --- a wanted agent


def test_a_call_waits_for_the_wanted_agent_while_others_are_free() -> None:
    house = centre()
    house.log_in(0, "ann", "bob")
    house.talk(1, "other")
    house.enter(2, "c1", wanted=AgentId("ann"), wanted_until=30.0)
    assert house.rings == []
    assert house.engine.why_not("bob", "c1") == "the call waits for ann alone"
    house.hung_up(20, "other")
    assert house.rings == [("c1", "ann")]
    assert "wanted" in house.the(Ring).reason


def test_the_field_opens_when_the_patience_ends() -> None:
    house = centre()
    house.log_in(0, "ann", "bob")
    house.talk(1, "other")
    house.enter(2, "c1", wanted=AgentId("ann"), wanted_until=30.0)
    house.at(30, Tick())
    assert house.rings == [("c1", "bob")]


@pytest.mark.parametrize("gone", [LogOut(AgentId("ann")), Pause(AgentId("ann"), "tea")])
def test_the_field_opens_at_once_when_the_wanted_agent_goes(gone: LogOut | Pause) -> None:
    house = centre()
    house.log_in(0, "ann", "bob")
    house.talk(1, "other")
    house.enter(2, "c1", wanted=AgentId("ann"), wanted_until=30.0)
    house.at(3, gone)
    assert house.rings == []
    house.hung_up(4, "other")
    assert house.rings == [("c1", "bob")]


@pytest.mark.parametrize(
    ("wanted", "skills", "until"),
    [("bob", "billing >= 5", 30.0), ("ghost", "", 30.0), ("cem", "", 30.0), ("bob", "", 2.0)],
)
def test_a_wish_that_cannot_come_true_is_void(wanted: str, skills: str, until: float) -> None:
    house = Centre(site({"ann": {"billing": 5}, "bob": {"billing": 3}, "cem": {}}, QUEUES))
    house.log_in(0, "ann", "bob")
    house.enter(2, "c1", skills, wanted=AgentId(wanted), wanted_until=until)
    assert house.rings == [("c1", "ann")]


def test_who_was_sent_to_an_agent_waits_for_them_whatever_their_skills() -> None:
    house = Centre(site({"ann": {"billing": 5}, "bob": {}}, QUEUES))
    house.log_in(0, "bob")
    house.talk(1, "other")
    house.log_in(2, "ann")
    for call, until in (("c1", 30.0), ("c2", 60.0)):
        house.enter(3, call, "billing >= 5", wanted=AgentId("bob"), wanted_until=until, chosen=True)
    assert house.engine.why_not("ann", "c1") == "the call waits for bob alone"
    assert house.engine.why_not("bob", "c1") == "is on_call with call other"
    house.at(30, Tick())
    assert house.rings == [("c1", "ann")]
    house.hung_up(40, "other")
    assert house.rings[-1] == ("c2", "bob")
    assert house.the(Ring).reason == "the call was sent to this agent"


def test_sent_to_an_agent_who_does_not_come_the_call_asks_for_skills_again() -> None:
    house = Centre(site({"ann": {"billing": 5}, "bob": {}}, QUEUES))
    house.log_in(0, "bob")
    house.talk(1, "other")
    house.enter(3, "c1", "billing >= 5", wanted=AgentId("bob"), wanted_until=30.0, chosen=True)
    house.at(30, Tick())
    house.hung_up(40, "other")
    assert house.rings == []
    assert house.engine.why_not("bob", "c1") == "does not meet `billing >= 5`: has no skills"


def test_who_wants_an_agent_overtakes_nobody_that_agent_may_serve() -> None:
    house = centre()
    house.log_in(0, "ann")
    house.talk(1, "other")
    house.enter(2, "first")
    house.enter(3, "second", wanted=AgentId("ann"), wanted_until=100.0)
    house.hung_up(10, "other")
    assert house.rings == [("first", "ann")]


def test_a_wanted_agent_who_missed_the_call_is_paused_and_so_the_field_opens() -> None:
    house = centre()
    house.log_in(0, "ann", "bob")
    house.enter(2, "c1", wanted=AgentId("bob"), wanted_until=100.0)
    house.ringing(2, "o1")
    house.ended(17, "o1", OfferOutcome.NO_ANSWER)
    assert house.rings == [("c1", "ann")]


# --- not before, priority


def test_a_call_before_its_time_is_in_the_queue_but_offered_to_nobody() -> None:
    house = centre()
    house.log_in(0, "ann")
    house.enter(1, "c1", not_before=50.0)
    assert house.rings == []
    assert house.engine.why_not("ann", "c1") == "the call is not offered before 50.0"
    house.at(50, Tick())
    assert house.rings == [("c1", "ann")]


def test_another_priority_moves_a_waiting_call() -> None:
    house = centre()
    house.enter(0, "first")
    house.enter(30, "second")
    house.at(31, Reprioritise(CallId("second"), 1))
    house.log_in(32, "ann")
    assert house.rings == [("second", "ann")]
    assert house.engine.call("second").effective_start == -30


def test_another_priority_may_end_a_delay() -> None:
    house = centre(ann={"sales": {"delay_s": 60}})
    house.log_in(0, "ann")
    house.enter(10, "c1", queue="sales")
    house.at(11, Reprioritise(CallId("c1"), 1))
    assert house.rings == [("c1", "ann")]


def test_only_a_waiting_call_gets_another_priority() -> None:
    with pytest.raises(UnknownCallError):
        centre().at(0, Reprioritise(CallId("ghost"), 1))


# --- kept places


def test_who_hangs_up_and_calls_again_in_time_may_have_the_place() -> None:
    house = centre()
    house.enter(0, "c1", caller="100")
    house.leave(10, "c1")
    assert house.engine.kept_place("support", "100", 69.9) == 0
    assert house.engine.kept_place("support", "100", 70) is None
    assert house.engine.kept_place("sales", "100", 20) is None
    assert house.engine.kept_place("support", "200", 20) is None


def test_a_kept_place_is_used_up_by_coming_back() -> None:
    house = centre()
    house.enter(0, "c1", caller="100")
    house.leave(10, "c1")
    house.enter(20, "c2", caller="100", entered_at=0)
    assert house.engine.kept_place("support", "100", 21) is None


@pytest.mark.parametrize(
    ("queue", "caller", "outcome"),
    [
        ("sales", "100", QueueOutcome.ABANDONED),
        ("support", "", QueueOutcome.ABANDONED),
        ("support", "100", QueueOutcome.EXIT_KEY),
    ],
)
def test_no_place_is_kept(queue: str, caller: str, outcome: QueueOutcome) -> None:
    house = centre()
    house.enter(0, "c1", queue=queue, caller=caller)
    house.leave(10, "c1", outcome)
    assert house.engine.kept_place(queue, caller, 11) is None


def test_a_place_is_restored_after_a_restart() -> None:
    house = centre()
    house.at(100, KeepPlace(QueueId("support"), "100", 7.0, 130.0))
    assert house.engine.kept_place("support", "100", 129) == 7


def test_a_senseless_place_is_refused() -> None:
    with pytest.raises(UnknownQueueError):
        centre().at(0, KeepPlace(QueueId("ghost"), "100", 7.0, 130.0))
    with pytest.raises(BadMessageError):
        centre().at(0, KeepPlace(QueueId("support"), "100", float("nan"), 130.0))


def test_only_so_many_places_are_kept_and_the_newest_win() -> None:
    places = KeptPlaces()
    for number in range(KEPT_MAX + 1):
        places.keep("support", str(number + 1), 0.0, 100.0)
    assert len(places) == KEPT_MAX
    assert places.find("support", "1", 1.0) is None
    assert places.find("support", "2", 1.0) == 0


# --- a restart


def test_an_engine_that_begins_with_what_the_shell_knows_goes_on_in_the_same_order() -> None:
    entries = [
        Enter(CallId("c1"), QueueId("support"), "billing >= 4", 0, 5.0, 900.0),
        Enter(CallId("c2"), QueueId("support"), "", 1, 40.0, 900.0, joined_at=60.0),
        Enter(CallId("c3"), QueueId("sales"), "", 0, 1.0, 900.0),
    ]
    first, second = Engine(site({"ann": {"billing": 5}}, QUEUES)), centre().engine
    first.handle(LogIn(AgentId("ann")), 70)
    first.handle(Hold(100.0), 70)
    for entry in entries:
        first.handle(entry, 70)
    for entry in reversed(entries):
        second.handle(entry, 80)
    second.handle(Hold(100.0), 80)
    second.handle(LogIn(AgentId("ann")), 80)
    assert _served(first) == _served(second) == ["c2", "c3", "c1"]


def _served(engine: Engine) -> list[str]:
    said = engine.handle(Release(), 90)
    order = []
    while rings := [one for one in said if isinstance(one, Ring)]:
        order.append(rings[0].call)
        offer = rings[0].offer
        engine.handle(OfferAnswered(offer), 91)
        said = engine.handle(ConversationEnded(rings[0].call, wrap_up=False), 91)
    return order
