"""Waiting calls ask for less as time goes by, or at once when only that can be satisfied."""

from typing import Any

from ivr.acd.messages import LogIn, LogOut, Relaxed, Ring, Tick
from ivr.acd.views import RelaxationView
from ivr.model.agents import QueueOutcome
from ivr.model.ids import AgentId
from tests.unit.acd.centre import Centre, site

PEOPLE = {"ann": {"billing": 8}, "bob": {"billing": 3}, "cem": {"tech": 5}}
RELAX: list[dict[str, Any]] = [
    {"after": 20, "lower": {"billing": 3}},
    {"after": 60, "add": "tech >= 1", "priority": 2},
]
ASKED = "billing >= 6"
STEPS = [(1, "billing >= 3"), (2, "billing >= 3 or tech >= 1")]


def centre(*, skip: bool = False, **more: Any) -> Centre:
    queue = {"title": "S", "wrap_up_s": 0, "relax": RELAX, "skip_unstaffed": skip, **more}
    return Centre(site(PEOPLE, {"support": queue, "sales": {"title": "Sales"}}))


def steps(house: Centre) -> list[tuple[int, str]]:
    return [(one.step, one.skills) for one in house.all(Relaxed)]


def test_each_step_is_taken_when_its_time_has_come_and_rings_who_may_serve_now() -> None:
    house = centre()
    house.log_in(0, "bob")
    house.enter(10, "c1", ASKED)
    assert house.engine.next_deadline() == 30
    house.at(30, Tick())
    assert steps(house) == STEPS[:1]
    assert house.rings == [("c1", "bob")]
    assert house.the(Ring).step == 1


def test_steps_are_also_taken_while_the_call_rings() -> None:
    house = centre(ring_timeout_s=100)
    house.log_in(0, "ann")
    house.enter(0, "c1", ASKED)
    house.at(60, Tick())
    assert steps(house) == STEPS
    assert house.engine.call("c1").effective_start == -120


def test_the_timeline_counts_from_joining_this_queue_not_from_the_first_entry() -> None:
    house = centre()
    house.enter(100, "c1", ASKED, entered_at=0, joined_at=95.0)
    assert steps(house) == []
    assert house.engine.next_deadline() == 115


def test_a_call_that_comes_back_after_a_restart_takes_the_steps_it_had_taken() -> None:
    house = centre()
    house.enter(100, "c1", ASKED, entered_at=0, joined_at=30.0)
    assert steps(house) == STEPS


def test_a_step_told_of_before_the_restart_is_in_force_and_not_told_again() -> None:
    house = centre()
    house.enter(60, "c1", ASKED, entered_at=0, joined_at=30.0, steps_told=1)
    assert steps(house) == []
    assert house.engine.call("c1").skills == "billing >= 3"
    house.at(90, Tick())
    assert steps(house) == STEPS[1:]


def test_a_step_that_weighs_more_lets_the_call_overtake() -> None:
    house = centre()
    house.enter(0, "old", "billing >= 1", queue="sales")
    house.enter(60, "relaxed", ASKED, joined_at=0.0)
    house.log_in(61, "ann")
    assert house.rings == [("relaxed", "ann")]


def test_a_step_nobody_logged_in_satisfies_is_skipped_on_entry() -> None:
    house = centre(skip=True)
    house.log_in(0, "cem")
    house.enter(1, "c1", ASKED)
    assert steps(house) == STEPS
    assert house.rings == [("c1", "cem")]


def test_a_staffed_step_is_not_skipped_although_nobody_is_free() -> None:
    house = centre(skip=True)
    house.log_in(0, "ann", "bob")
    house.enter(1, "first", ASKED)
    house.enter(1, "second", ASKED)
    assert steps(house) == []


def test_a_step_is_skipped_when_the_last_who_satisfies_it_logs_out() -> None:
    house = centre(skip=True)
    house.log_in(0, "ann", "bob")
    house.enter(1, "first", ASKED)
    house.answered(2, "o1")
    house.enter(3, "second", ASKED)
    house.at(4, LogOut(AgentId("ann")))
    assert steps(house) == []
    house.hung_up(5, "first")
    assert steps(house) == STEPS[:1]
    assert house.rings == [("second", "bob")]


def test_a_step_is_skipped_when_somebody_for_a_later_one_logs_in() -> None:
    house = centre(skip=True)
    house.enter(1, "c1", ASKED)
    house.at(2, LogIn(AgentId("bob")))
    assert steps(house) == STEPS[:1]
    assert house.rings == [("c1", "bob")]


def test_while_nobody_satisfies_any_step_time_alone_decides() -> None:
    house = centre(skip=True)
    house.enter(0, "c1", ASKED)
    assert steps(house) == []
    house.at(20, Tick())
    assert steps(house) == STEPS[:1]


def test_steps_never_go_back() -> None:
    house = centre(skip=True)
    house.log_in(0, "bob")
    house.talk(1, "other", queue="sales")
    house.enter(2, "c1", ASKED)
    assert steps(house) == STEPS[:1]
    house.log_in(3, "ann")
    assert house.engine.call("c1").step == 1
    assert steps(house) == []


def test_a_queue_whose_last_step_is_staffed_is_not_empty() -> None:
    house = centre()
    house.log_in(0, "cem")
    house.enter(1, "c1", ASKED, leave_if_empty=True)
    assert house.left == []
    house.enter(1, "c2", "french >= 1 and billing >= 1", queue="sales", leave_if_empty=True)
    assert house.left == [("c2", QueueOutcome.EMPTY)]


def test_the_step_in_force_and_the_next_one_can_be_asked_for() -> None:
    house = centre()
    house.enter(10, "c1", ASKED)
    assert house.engine.relaxation("c1") == RelaxationView(0, ASKED, 30.0, STEPS[0][1], 0)
    house.at(30, Tick())
    assert house.engine.relaxation("c1") == RelaxationView(1, STEPS[0][1], 70.0, STEPS[1][1], 2)
    house.at(70, Tick())
    assert house.engine.relaxation("c1") == RelaxationView(2, STEPS[1][1], None, "", 0)
