"""The agent's states: what they choose, what calls do to them, what their phones allow."""

import pytest

from ivr.acd.errors import IllegalTransitionError, UnknownAgentError
from ivr.acd.messages import (
    AgentMoved,
    ConversationEnded,
    DeviceChanged,
    LogIn,
    LogOut,
    Pause,
    Ready,
    Tick,
)
from ivr.acd.table import TABLE, Special, Trigger
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId, CallId
from tests.unit.acd.centre import Centre

ANYBODY: dict[str, int] = {}
ANN = AgentId("ann")


@pytest.fixture
def talking() -> Centre:
    """Ann talks to c1 since t=10."""
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.talk(10, "c1")
    return centre


def test_logging_in_makes_available() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(5, "ann")
    moved = centre.the(AgentMoved)
    assert (moved.before, moved.after) == (AgentState.LOGGED_OUT, AgentState.AVAILABLE)
    assert moved.seconds == 0


def test_doing_it_again_is_harmless() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(5, "ann")
    assert centre.at(6, LogIn(ANN)) == []
    assert centre.at(6, Ready(ANN)) == []
    centre.at(7, LogOut(ANN))
    assert centre.at(8, LogOut(ANN)) == []


@pytest.mark.parametrize("message", [Pause(ANN, "tea"), Ready(ANN)])
def test_somebody_logged_out_can_neither_pause_nor_be_ready(message: Pause | Ready) -> None:
    centre = Centre(ann=ANYBODY)
    with pytest.raises(IllegalTransitionError, match="agent ann is logged_out"):
        centre.at(0, message)


def test_an_unknown_agent_is_an_error() -> None:
    with pytest.raises(UnknownAgentError, match="no agent 'eve'"):
        Centre(ann=ANYBODY).at(0, LogIn(AgentId("eve")))


def test_a_paused_agent_is_not_rung_until_ready() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.at(1, Pause(ANN, "tea"))
    assert centre.moves == [("ann", AgentState.PAUSED, "tea")]
    centre.enter(2, "c1")
    assert centre.rings == []
    centre.at(3, Ready(ANN))
    assert centre.rings == [("c1", "ann")]


def test_a_new_pause_reason_is_a_move_with_its_own_seconds() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.at(1, Pause(ANN, "tea"))
    centre.at(4, Pause(ANN, "training"))
    assert centre.moves == [("ann", AgentState.PAUSED, "training")]
    assert centre.the(AgentMoved).seconds == 3


def test_after_the_conversation_comes_the_queues_wrap_up(talking: Centre) -> None:
    talking.hung_up(60, "c1")
    assert talking.moves == [("ann", AgentState.WRAP_UP, "conversation_ended")]
    assert talking.engine.next_deadline() == 70
    talking.enter(61, "c2")
    assert talking.rings == []
    talking.at(70, Tick())
    assert talking.all(AgentMoved)[0].call == "c1"
    assert talking.rings == [("c2", "ann")]


def test_wrap_up_belongs_to_the_agent_whatever_the_next_queue(talking: Centre) -> None:
    talking.hung_up(60, "c1")
    talking.enter(61, "c2", queue="sales")
    assert talking.rings == []


def test_ready_ends_the_wrap_up_early(talking: Centre) -> None:
    talking.hung_up(60, "c1")
    talking.at(62, Ready(ANN))
    assert talking.moves == [("ann", AgentState.AVAILABLE, "ready")]
    assert talking.engine.next_deadline() is None


def test_a_pause_during_the_wrap_up_takes_effect_at_once(talking: Centre) -> None:
    talking.hung_up(60, "c1")
    talking.at(62, Pause(ANN, "tea"))
    assert talking.at(70, Tick()) == []
    assert talking.state("ann") is AgentState.PAUSED


def test_no_wrap_up_when_the_queue_gives_none() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.talk(10, "c1", queue="sales")
    centre.hung_up(20, "c1")
    assert centre.state("ann") is AgentState.AVAILABLE


def test_no_wrap_up_when_there_was_no_real_conversation(talking: Centre) -> None:
    talking.hung_up(60, "c1", wrap_up=False)
    assert talking.state("ann") is AgentState.AVAILABLE


def test_a_pause_during_the_conversation_takes_effect_after_it(talking: Centre) -> None:
    assert talking.at(20, Pause(ANN, "tea")) == []
    assert talking.engine.agent("ann").later == "pause"
    talking.hung_up(60, "c1")
    assert talking.moves == [("ann", AgentState.PAUSED, "tea")]


def test_so_does_logging_out(talking: Centre) -> None:
    assert talking.at(20, LogOut(ANN)) == []
    talking.hung_up(60, "c1")
    assert talking.moves == [("ann", AgentState.LOGGED_OUT, "log_out")]


@pytest.mark.parametrize("message", [Ready(ANN), LogIn(ANN)])
def test_what_was_still_to_come_can_be_taken_back(talking: Centre, message: Ready | LogIn) -> None:
    talking.at(20, LogOut(ANN))
    talking.at(21, message)
    talking.hung_up(60, "c1")
    assert talking.state("ann") is AgentState.WRAP_UP


def test_what_was_wished_once_is_not_wished_for_ever(talking: Centre) -> None:
    talking.at(20, Pause(ANN, "tea"))
    talking.hung_up(60, "c1")
    talking.at(70, Ready(ANN))
    talking.talk(80, "c2")
    talking.hung_up(90, "c2")
    assert talking.state("ann") is AgentState.WRAP_UP


@pytest.mark.parametrize(("reachable", "busy"), [(False, False), (True, True), (False, True)])
def test_the_phone_bars_offers_without_touching_the_chosen_state(
    reachable: bool, busy: bool
) -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    assert centre.at(1, DeviceChanged(ANN, reachable=reachable, busy=busy)) == []
    centre.enter(2, "c1")
    assert centre.rings == []
    assert centre.state("ann") is AgentState.AVAILABLE
    centre.at(3, DeviceChanged(ANN, reachable=True, busy=False))
    assert centre.rings == [("c1", "ann")]


def test_a_private_call_is_not_idleness() -> None:
    centre = Centre(ann=ANYBODY, bob=ANYBODY)
    centre.log_in(0, "ann")
    centre.log_in(10, "bob")
    centre.at(20, DeviceChanged(ANN, reachable=True, busy=True))
    centre.at(30, DeviceChanged(ANN, reachable=True, busy=False))
    centre.enter(40, "c1")
    assert centre.rings == [("c1", "bob")]


def test_a_private_call_while_it_rings_leaves_the_offer_alone() -> None:
    centre = Centre(ann=ANYBODY)
    centre.log_in(0, "ann")
    centre.enter(1, "c1")
    assert centre.at(2, DeviceChanged(ANN, reachable=True, busy=True)) == []


def test_seconds_in_states_add_up_to_the_time_logged_in(talking: Centre) -> None:
    moves = [m for m in talking.at(60, ConversationEnded(CallId("c1"))) if type(m) is AgentMoved]
    moves += [m for m in talking.at(70, Tick()) if type(m) is AgentMoved]
    moves += [m for m in talking.at(90, LogOut(ANN)) if type(m) is AgentMoved]
    assert [(m.before, m.seconds) for m in moves] == [
        (AgentState.ON_CALL, 50),
        (AgentState.WRAP_UP, 10),
        (AgentState.AVAILABLE, 20),
    ]


def test_the_table_has_a_row_for_every_trigger() -> None:
    assert set(TABLE) == set(Trigger)


def test_only_an_agent_who_is_free_is_ever_reserved() -> None:
    assert TABLE[Trigger.RESERVE] == {
        AgentState.AVAILABLE: AgentState.RESERVED,
        AgentState.ON_CALL: Special.KEEP,  # with room beside what is at hand
    }
