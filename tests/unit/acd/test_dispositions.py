"""A queue that asks what became of each talk: nobody is free before it is said."""

from typing import Any

import pytest

from ivr.acd.errors import DispositionOwedError
from ivr.acd.messages import (
    AgentMoved,
    Dispose,
    ExtendWrapUp,
    LogOut,
    Pause,
    Ready,
    Resume,
    Tick,
    Undisposed,
)
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId, CallId, QueueId
from tests.unit.acd.centre import Centre, site

ANN = AgentId("ann")
C1 = CallId("c1")
SUPPORT: dict[str, Any] = {
    "title": "Support",
    "wrap_up_s": 10,
    "dispositions": {"solved": "Solved", "open": {"title": "Open", "group": "Not solved"}},
    "disposition_required": True,
    "disposition_s_max": 60,
}


def talking(**more: Any) -> Centre:
    """Ann talks to c1 since t=10."""
    centre = Centre(site({"ann": {}}, {"support": SUPPORT | more}))
    centre.log_in(0, "ann")
    centre.talk(10, "c1")
    return centre


def test_the_wrap_up_does_not_end_by_time_before_it_is_said() -> None:
    centre = talking()
    centre.hung_up(60, "c1")
    centre.at(70, Tick())
    assert centre.state("ann") is AgentState.WRAP_UP
    assert centre.engine.agent("ann").owes_disposition
    centre.enter(71, "c2")
    assert centre.rings == []
    centre.at(75, Dispose(ANN, C1))
    assert centre.moves[0] == ("ann", AgentState.AVAILABLE, "disposition")
    assert centre.rings == [("c2", "ann")]


def test_who_never_says_it_is_paused_and_that_is_told() -> None:
    centre = talking()
    centre.hung_up(60, "c1")
    centre.at(70, Tick())
    assert centre.engine.next_deadline() == 130
    centre.at(130, Tick())
    assert centre.moves == [("ann", AgentState.PAUSED, "no_disposition")]
    assert centre.all(Undisposed) == [Undisposed(ANN, C1, QueueId("support"))]
    centre.at(140, Ready(ANN))
    assert centre.state("ann") is AgentState.AVAILABLE


def test_said_in_time_the_wrap_up_goes_on_to_its_end() -> None:
    centre = talking()
    centre.hung_up(60, "c1")
    centre.at(62, Dispose(ANN, C1))
    assert centre.said == []
    centre.at(70, Tick())
    assert centre.moves == [("ann", AgentState.AVAILABLE, "wrap_up_over")]
    assert centre.all(Undisposed) == []


def test_said_during_the_talk_nothing_is_due_after_it() -> None:
    centre = talking(wrap_up_s=0)
    centre.at(30, Dispose(ANN, C1))
    centre.hung_up(60, "c1")
    assert centre.state("ann") is AgentState.AVAILABLE


def test_a_queue_without_wrap_up_waits_for_it_all_the_same() -> None:
    centre = talking(wrap_up_s=0)
    centre.hung_up(60, "c1")
    assert centre.state("ann") is AgentState.WRAP_UP
    assert centre.engine.next_deadline() == 120
    (moved,) = centre.all(AgentMoved)
    assert moved.until == 120  # on record, it is what a restart goes by


def test_nobody_is_ready_before_it_is_said() -> None:
    centre = talking()
    centre.hung_up(60, "c1")
    with pytest.raises(DispositionOwedError, match="what became of call c1"):
        centre.at(62, Ready(ANN))
    assert centre.state("ann") is AgentState.WRAP_UP
    centre.at(63, Dispose(ANN, C1), Ready(ANN))
    assert centre.state("ann") is AgentState.AVAILABLE


@pytest.mark.parametrize("order", [Pause(ANN, "tea"), LogOut(ANN)])
def test_a_pause_or_log_out_is_not_held_up_and_what_is_missing_is_told(
    order: Pause | LogOut,
) -> None:
    centre = talking()
    centre.hung_up(60, "c1")
    centre.at(62, order)
    assert [one.call for one in centre.all(Undisposed)] == ["c1"]
    later = talking()
    later.at(20, order)
    later.hung_up(60, "c1")
    assert [one.call for one in later.all(Undisposed)] == ["c1"]


def test_more_time_is_given_also_when_it_is_overdue() -> None:
    centre = talking()
    centre.hung_up(60, "c1")
    centre.at(70, Tick(), ExtendWrapUp(ANN, 30))
    assert centre.engine.next_deadline() == 160


def test_a_talk_that_was_none_asks_for_nothing() -> None:
    centre = talking()
    centre.hung_up(60, "c1", wrap_up=False)
    assert centre.state("ann") is AgentState.AVAILABLE
    assert centre.all(Undisposed) == []


def test_what_is_owed_stays_owed_across_another_talk() -> None:
    centre = talking()
    centre.hung_up(60, "c1")
    centre.at(70, Tick(), Resume(CallId("c2"), ANN, QueueId("support")))
    centre.hung_up(80, "c2")
    centre.at(90, Dispose(ANN, CallId("c2")), Tick())
    assert centre.state("ann") is AgentState.WRAP_UP
    centre.at(91, Dispose(ANN, C1))
    assert centre.state("ann") is AgentState.AVAILABLE


def test_of_a_talk_long_over_or_unknown_nothing_happens() -> None:
    centre = talking()
    assert centre.at(20, Dispose(ANN, CallId("c0"))) == []
    centre.hung_up(60, "c1")
    centre.at(61, LogOut(ANN), Dispose(ANN, C1))
    assert centre.state("ann") is AgentState.LOGGED_OUT
