"""Who may serve whom, in which order callers are served, and which agent is rung."""

import pytest

from ivr.acd.errors import BadRequirementError
from ivr.acd.messages import AgentMoved, Ready, Ring
from ivr.model.agents import AgentState
from tests.unit.acd.centre import Centre

BILLING = {"billing": 5}
FRENCH = {"billing": 5, "french": 4}
NOBODY_SPECIAL: dict[str, int] = {}


def test_a_call_rings_the_agent_who_has_the_skill_not_the_one_idle_longest() -> None:
    centre = Centre(ann=NOBODY_SPECIAL, bob=BILLING)
    centre.log_in(0, "ann")
    centre.log_in(100, "bob")
    centre.enter(200, "c1", "billing >= 5")
    assert centre.rings == [("c1", "bob")]


def test_a_proficiency_below_the_requirement_does_not_serve() -> None:
    centre = Centre(ann={"billing": 4})
    centre.log_in(0, "ann")
    assert centre.enter(1, "c1", "billing >= 5") == []


def test_alternatives_are_understood() -> None:
    centre = Centre(ann={"tech": 8}, bob={"french": 3})
    centre.log_in(0, "ann", "bob")
    centre.enter(1, "c1", "french >= 3 or tech >= 9")
    assert centre.rings == [("c1", "bob")]


def test_alternatives_are_one_field_the_longest_idle_of_all_is_rung() -> None:
    centre = Centre(ann={"french": 3}, bob={"tech": 9})
    centre.log_in(0, "bob")
    centre.log_in(50, "ann")
    centre.enter(100, "c1", "french >= 3 or tech >= 9")
    assert centre.rings == [("c1", "bob")]


def test_a_call_without_requirement_is_for_anybody() -> None:
    centre = Centre(ann=NOBODY_SPECIAL)
    centre.log_in(0, "ann")
    centre.enter(1, "c1")
    assert centre.rings == [("c1", "ann")]


def test_a_requirement_may_ask_for_the_absence_of_a_skill() -> None:
    centre = Centre(ann=FRENCH, bob=NOBODY_SPECIAL)
    centre.log_in(0, "ann")
    centre.log_in(50, "bob")
    centre.enter(100, "c1", "french < 1")
    assert centre.rings == [("c1", "bob")]


def test_a_requirement_that_cannot_be_read_is_refused() -> None:
    centre = Centre(ann=BILLING)
    centre.log_in(0, "ann")
    with pytest.raises(BadRequirementError, match="billing >="):
        centre.enter(1, "c1", "billing >=")
    assert not centre.engine.is_waiting("c1")


def test_a_free_agent_gets_the_first_call_of_all_queues_they_may_serve() -> None:
    centre = Centre(ann=FRENCH)
    centre.enter(10, "tech_call", "tech >= 1", queue="support")
    centre.enter(20, "sales_call", "french >= 2", queue="sales")
    centre.enter(30, "support_call", "billing >= 2", queue="support")
    centre.log_in(40, "ann")
    assert centre.rings == [("sales_call", "ann")]


def test_nobody_unserveable_at_the_head_blocks_those_behind() -> None:
    centre = Centre(ann=BILLING)
    centre.enter(0, "stuck", "tech >= 1")
    centre.enter(1, "served", "billing >= 1")
    centre.log_in(2, "ann")
    assert centre.rings == [("served", "ann")]


def test_a_point_of_priority_is_worth_a_minute_of_waiting() -> None:
    centre = Centre(ann=BILLING)
    centre.enter(0, "patient")
    centre.enter(59, "important", priority=1)
    centre.log_in(70, "ann")
    assert centre.rings == [("important", "ann")]


def test_priority_starves_nobody() -> None:
    centre = Centre(ann=BILLING)
    centre.enter(0, "patient")
    centre.enter(61, "important", priority=1)
    centre.log_in(70, "ann")
    assert centre.rings == [("patient", "ann")]


def test_ties_are_served_in_order_of_entry() -> None:
    centre = Centre(ann=BILLING)
    centre.enter(5, "z_first", "billing >= 1")
    centre.enter(5, "a_second")
    centre.log_in(6, "ann")
    assert centre.rings == [("z_first", "ann")]


def test_a_place_kept_across_a_restart_counts_from_the_original_entry() -> None:
    centre = Centre(ann=BILLING)
    centre.enter(1000, "new")
    centre.enter(1001, "kept", entered_at=900)
    centre.log_in(1002, "ann")
    assert centre.rings == [("kept", "ann")]


def test_the_longest_idle_agent_is_rung() -> None:
    centre = Centre(ann=BILLING, bob=BILLING, cem=FRENCH)
    centre.log_in(10, "cem")
    centre.log_in(20, "bob")
    centre.log_in(30, "ann")
    centre.enter(100, "c1", "billing >= 1")
    assert centre.rings == [("c1", "cem")]
    assert centre.the(Ring).reason == "longest idle 90.0 s"


def test_idle_time_counts_from_the_end_of_the_wrap_up_not_from_the_log_in() -> None:
    centre = Centre(ann=BILLING, bob=BILLING)
    centre.log_in(0, "ann")
    centre.talk(10, "c1")
    centre.log_in(25, "bob")
    centre.hung_up(30, "c1")
    centre.at(36, Ready("ann"))
    centre.enter(40, "c2")
    assert centre.rings == [("c2", "bob")]


def test_agents_free_since_the_same_instant_are_rung_in_the_order_of_the_site_file() -> None:
    centre = Centre(zoe=BILLING, ann=BILLING)
    centre.log_in(0, "ann", "zoe")
    centre.enter(1, "c1")
    assert centre.rings == [("c1", "zoe")]


def test_offer_ids_count_up_and_carry_the_prefix() -> None:
    centre = Centre(ann=BILLING, bob=BILLING)
    centre.log_in(0, "ann", "bob")
    offers = [centre.enter(1, call)[-1] for call in ("c1", "c2")]
    assert [offer.offer for offer in offers if isinstance(offer, Ring)] == ["o1", "o2"]


def test_several_waiting_calls_and_agents_are_all_matched_in_one_go() -> None:
    centre = Centre(ann=BILLING, bob=FRENCH)
    centre.enter(0, "c1", "billing >= 1")
    centre.enter(1, "c2", "french >= 1")
    centre.log_in(2, "ann")
    assert centre.rings == [("c1", "ann")]
    centre.log_in(3, "bob")
    assert centre.rings == [("c2", "bob")]


def test_a_reservation_is_a_state_of_its_own_with_the_call() -> None:
    centre = Centre(ann=BILLING)
    centre.log_in(0, "ann")
    centre.enter(4, "c1")
    moved = centre.the(AgentMoved)
    assert (moved.before, moved.after) == (AgentState.AVAILABLE, AgentState.RESERVED)
    assert (moved.call, moved.seconds) == ("c1", 4)


def test_the_core_explains_who_is_excluded_and_why() -> None:
    centre = Centre(ann=BILLING, bob=FRENCH, cem=NOBODY_SPECIAL)
    centre.log_in(0, "bob", "cem")
    centre.talk(1, "other")
    centre.enter(2, "c1", "french >= 9")
    excluded = {c.agent: c.excluded for c in centre.engine.explain("c1")}
    assert excluded["cem"] == "does not meet `french >= 9`: has no skills"
    assert excluded["bob"] == "does not meet `french >= 9`: has billing 5, french 4"
    centre.enter(3, "c2", "billing >= 5")
    assert centre.engine.why_not("ann", "c2") == "is logged_out"
    assert centre.engine.why_not("bob", "c2") == "is on_call with call other"
