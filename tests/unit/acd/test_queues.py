"""Queues: limits, the one way out, restarts, and what gauges see."""

import pytest

from ivr.acd.errors import (
    BadMessageError,
    DuplicateCallError,
    IllegalTransitionError,
    UnknownAgentError,
    UnknownCallError,
    UnknownOfferError,
    UnknownQueueError,
)
from ivr.acd.messages import (
    AgentMoved,
    Connect,
    Hold,
    Left,
    Pause,
    Release,
    Reprioritise,
    Resume,
    ResumeWrapUp,
    Ring,
    Tick,
)
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, QueueId
from tests.unit.acd.centre import Centre

ANYBODY: dict[str, int] = {}
RESUME = Resume(CallId("c1"), AgentId("ann"), QueueId("support"))


def test_a_full_queue_lets_nobody_in() -> None:
    centre = Centre(ann=ANYBODY)
    for call in ("c1", "c2", "c3"):
        centre.enter(0, call)
    centre.enter(1, "c4")
    assert centre.said == [Left("c4", "support", QueueOutcome.OVERFLOW, 0.0)]
    centre.enter(1, "c5", queue="sales")
    assert centre.left == []


def test_a_full_queue_turns_nobody_away_who_stood_in_it() -> None:
    centre = Centre(ann=ANYBODY)
    for call in ("c1", "c2", "c3"):
        centre.enter(0, call)
    centre.enter(1, "c4", entered_at=-5, has_place=True)
    assert centre.left == []
    centre.enter(2, "c5")
    assert centre.left == [("c5", QueueOutcome.OVERFLOW)]
    centre.log_in(3, "ann")
    assert centre.the(Ring).call == "c4"


def test_a_ringing_call_still_counts_as_waiting() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    for call in ("c1", "c2", "c3", "c4"):
        centre.enter(1, call)
    assert centre.left == [("c4", QueueOutcome.OVERFLOW)]
    centre.answered(2, "o1")
    centre.enter(3, "c5")
    assert centre.left == []


def test_waiting_has_an_end() -> None:
    centre = Centre(ann=ANYBODY)
    centre.enter(0, "c1", wait_s_max=60)
    assert centre.engine.next_deadline() == 60
    centre.at(60, Tick())
    assert centre.said == [Left("c1", "support", QueueOutcome.TIMEOUT, 60)]
    assert centre.engine.next_deadline() is None


def test_also_while_it_rings() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.enter(0, "c1", wait_s_max=5)
    centre.at(5, Tick())
    assert centre.stopped == [("ann", OfferOutcome.CANCELLED)]
    assert centre.left == [("c1", QueueOutcome.TIMEOUT)]


def test_a_call_whose_time_is_already_over_rings_nobody() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.enter(100, "c1", entered_at=0, wait_s_max=60)
    assert centre.said == [Left("c1", "support", QueueOutcome.TIMEOUT, 100)]


def test_a_call_leaves_once_with_one_outcome() -> None:
    centre = Centre(ann=ANYBODY)
    centre.enter(0, "c1")
    centre.leave(8, "c1", QueueOutcome.EXIT_KEY)
    assert centre.said == [Left("c1", "support", QueueOutcome.EXIT_KEY, 8)]
    with pytest.raises(UnknownCallError, match="'c1' waits in no queue"):
        centre.leave(9, "c1")


def test_only_an_agent_can_answer() -> None:
    centre = Centre(ann=ANYBODY)
    centre.enter(0, "c1")
    with pytest.raises(BadMessageError):
        centre.leave(1, "c1", QueueOutcome.ANSWERED)
    assert centre.engine.is_waiting("c1")


def test_a_call_waits_in_one_queue_only() -> None:
    centre = Centre(ann=ANYBODY)
    centre.enter(0, "c1")
    with pytest.raises(DuplicateCallError):
        centre.enter(1, "c1", queue="sales")


def test_a_call_that_talks_cannot_wait() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.talk(1, "c1")
    with pytest.raises(DuplicateCallError):
        centre.enter(2, "c1")
    centre.hung_up(3, "c1")
    centre.enter(4, "c1")
    assert centre.engine.is_waiting("c1")


def test_unknown_queues_and_conversations_are_errors() -> None:
    centre = Centre(ann=ANYBODY)
    with pytest.raises(UnknownQueueError, match="no queue 'vip'"):
        centre.enter(0, "c1", queue="vip")
    with pytest.raises(UnknownCallError, match="talks to nobody"):
        centre.hung_up(0, "c1")


def test_a_time_has_to_be_a_number() -> None:
    centre = Centre(ann=ANYBODY)
    for entered_at in (float("nan"), float("inf")):
        with pytest.raises(BadMessageError):
            centre.enter(0, "c1", entered_at=entered_at)
    with pytest.raises(BadMessageError):
        centre.at(0, Hold(float("nan")))


def test_after_a_restart_nobody_is_rung_until_the_line_is_complete() -> None:
    centre = Centre(ann=ANYBODY)
    centre.at(100, Hold(until=105))
    centre.log_in(100, "ann")
    centre.enter(101, "second", entered_at=60)
    centre.enter(102, "first", entered_at=50)
    assert centre.rings == []
    assert "held back" in centre.engine.why_not("ann", "first")
    centre.at(103, Release())
    assert centre.rings == [("first", "ann")]
    assert not centre.engine.held


def test_a_hold_ends_by_itself() -> None:
    centre = Centre(ann=ANYBODY, bob=ANYBODY)
    centre.at(100, Hold(until=105))
    centre.log_in(100, "ann", "bob")
    centre.enter(101, "c1")
    centre.enter(102, "c2")
    assert centre.engine.next_deadline() == 105
    centre.at(105, Tick())
    assert centre.rings == [("c1", "ann"), ("c2", "bob")]


def test_an_offer_under_way_is_not_touched_by_a_hold() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.enter(1, "c1")
    centre.at(2, Hold(until=50))
    centre.answered(3, "o1")
    assert centre.the(Connect).call == "c1"


def test_a_conversation_found_after_a_restart_is_taken_over() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.at(1, RESUME)
    assert centre.moves == [("ann", AgentState.ON_CALL, "resumed")]
    assert centre.engine.talks() == {"c1": "ann"}
    centre.hung_up(30, "c1")
    assert centre.state("ann") is AgentState.WRAP_UP


def test_an_agent_found_talking_is_logged_in() -> None:
    centre = Centre(ann=ANYBODY)
    centre.at(1, RESUME)
    assert centre.state("ann") is AgentState.ON_CALL


def test_an_agent_found_talking_in_a_pause_is_paused_again_afterwards() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.at(0, Pause(AgentId("ann"), "training"))
    centre.at(1, RESUME)
    centre.hung_up(30, "c1")
    assert centre.moves == [("ann", AgentState.PAUSED, "training")]


def test_nobody_is_found_talking_twice() -> None:
    centre = Centre(ann=ANYBODY, bob=ANYBODY)
    centre.at(1, RESUME)
    with pytest.raises(DuplicateCallError):
        centre.at(2, Resume(CallId("c1"), AgentId("bob"), QueueId("support")))
    with pytest.raises(IllegalTransitionError):
        centre.at(2, Resume(CallId("c2"), AgentId("ann"), QueueId("support")))
    with pytest.raises(UnknownAgentError):
        centre.at(2, Resume(CallId("c2"), AgentId("eve"), QueueId("support")))
    assert centre.engine.talks() == {"c1": "ann"}


def test_time_that_steps_back_stands_still() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(100, "ann")
    centre.at(90, Pause(AgentId("ann"), "tea"))
    assert centre.engine.agent("ann").since == 100


def test_who_is_found_writing_up_goes_on_until_it_is_over() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    found = ResumeWrapUp(AgentId("ann"), CallId("c7"), 30.0)
    centre.at(1, found)
    assert [(one.after, one.until) for one in centre.all(AgentMoved)] == [
        (AgentState.WRAP_UP, 30.0)
    ]
    with pytest.raises(IllegalTransitionError):
        centre.at(2, found)
    with pytest.raises(BadMessageError):
        centre.at(2, ResumeWrapUp(AgentId("ann"), CallId("c7"), float("nan")))
    centre.enter(3, "c1")
    assert centre.all(Ring) == []
    centre.at(30, Tick())
    assert centre.the(Ring).call == "c1"


def test_gauges_see_callers_and_the_agents_who_can_serve_the_queue() -> None:
    centre = Centre(ann=ANYBODY, bob=ANYBODY, cem=ANYBODY)
    centre.log_in(0, "ann", "bob")
    centre.at(1, Pause(AgentId("bob"), "tea"))
    centre.enter(5, "c1", entered_at=3)
    centre.enter(6, "c2")
    support, sales = centre.engine.queues()
    assert (support.queue, support.callers, support.oldest_entered_at) == ("support", 2, 3)
    assert (sales.queue, sales.callers, sales.oldest_entered_at) == ("sales", 0, None)
    staff = {state: count for state, count in support.agents.items() if count}
    assert staff == {AgentState.RESERVED: 1, AgentState.PAUSED: 1}
    assert AgentState.LOGGED_OUT not in support.agents


def test_calls_are_listed_in_line_with_whom_they_ring() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.enter(5, "c1")
    centre.enter(6, "c2", priority=1)
    assert [(view.call, view.agent) for view in centre.engine.calls()] == [
        ("c2", None),
        ("c1", "ann"),
    ]
    assert centre.engine.call(CallId("c2")).effective_start == -54


@pytest.mark.parametrize("priority", [10**400, -(10**400), 1_000_001])
def test_a_priority_beyond_reason_is_refused_and_nothing_has_changed(priority: int) -> None:
    centre = Centre(ann=ANYBODY)
    centre.enter(0, "c1", priority=3)
    with pytest.raises(BadMessageError, match="no priority is beyond"):
        centre.at(1, Reprioritise(CallId("c1"), priority))
    with pytest.raises(BadMessageError, match="no priority is beyond"):
        centre.enter(1, "c2", priority=priority)
    assert [(view.call, view.priority) for view in centre.engine.calls()] == [("c1", 3)]
    centre.log_in(2, "ann")
    assert centre.the(Ring).call == "c1"


@pytest.mark.parametrize("offer", ["o" + "9" * 5000, "o0", "o2", "p1", "o-1", "o"])
def test_an_offer_that_was_never_made_is_unknown(offer: str) -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.enter(0, "c1")
    with pytest.raises(UnknownOfferError):
        centre.answered(1, offer)
