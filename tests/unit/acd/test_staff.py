"""Misses by queue, wrap-up by agent, breaks that come by themselves."""

from typing import Any

import pytest

from ivr.acd.engine import Engine
from ivr.acd.errors import BadMessageError
from ivr.acd.messages import (
    AgentMoved,
    ConversationEnded,
    Enter,
    ExtendWrapUp,
    Input,
    LogIn,
    LogOut,
    OfferAnswered,
    OfferEnded,
    OfferRinging,
    Pause,
    PlanPause,
    Ready,
    Ring,
    Tick,
)
from ivr.model.agents import AgentState, OfferOutcome
from ivr.model.ids import AgentId, CallId, QueueId
from tests.unit.acd.centre import site

ANN = AgentId("ann")


class Desk:
    """One agent and one queue."""

    def __init__(self, agent: dict[str, Any] | None = None, **queue: Any) -> None:
        plan = site({"ann": {}}, {"q": {"title": "Q", "wrap_up_s": 10, **queue}})
        people = {"ann": plan.agents["ann"].model_copy(update=agent or {})}
        self.engine = Engine(plan.model_copy(update={"agents": people}))
        self.calls = 0
        self.at(0, LogIn(ANN))

    def at(self, now: float, message: Input | None = None) -> list[Any]:
        return self.engine.handle(message or Tick(), now)

    def state(self, now: float) -> tuple[AgentState, str]:
        self.at(now)
        view = self.engine.agent("ann")
        return view.state, view.reason if view.state is AgentState.PAUSED else ""

    def rung(self, now: float) -> Ring:
        self.calls += 1
        call = CallId(f"c{self.calls}")
        said = self.at(now, Enter(call, QueueId("q"), "", 0, now, now + 900))
        (ring,) = [one for one in said if isinstance(one, Ring)]
        return ring

    def talk(self, now: float) -> Ring:
        ring = self.rung(now)
        self.at(now, OfferAnswered(ring.offer))
        return ring

    def missed(self, now: float, outcome: OfferOutcome = OfferOutcome.NO_ANSWER) -> None:
        """The offer under way fails, or that of a new call."""
        offer = self.engine.agent("ann").offer or self.rung(now).offer
        self.at(now, OfferRinging(offer))
        self.at(now, OfferEnded(offer, outcome))


FREE, PAUSED, TALKS = AgentState.AVAILABLE, AgentState.PAUSED, AgentState.ON_CALL


# --- misses


@pytest.mark.parametrize(
    ("kind", "outcome", "reason"),
    [
        ("no_answer", OfferOutcome.NO_ANSWER, "rona"),
        ("rejected", OfferOutcome.REJECTED, "rejected"),
        ("busy", OfferOutcome.BUSY, "busy"),
        ("unreachable", OfferOutcome.FAILED, "unreachable"),
    ],
)
def test_each_kind_of_miss_may_pause_or_rest(kind: str, outcome: OfferOutcome, reason: str) -> None:
    strict = Desk(misses={kind: {"pause": True}})
    strict.missed(10, outcome)
    assert strict.state(10) == (PAUSED, reason)
    mild = Desk(misses={kind: {"rest_s": 7}})
    mild.missed(10, outcome)
    assert mild.engine.agent("ann").rest_until == 17
    mild.at(17)
    assert mild.engine.agent("ann").offer is not None, "the call waited, and rings again"


def test_so_many_misses_in_a_row_and_the_agent_is_paused() -> None:
    desk = Desk(misses={"no_answer": {}, "rejected": {}, "consecutive_max": 3})
    desk.missed(10)
    desk.missed(11, OfferOutcome.REJECTED)
    assert desk.engine.agent("ann").offer is not None
    desk.missed(12)
    assert desk.state(12) == (PAUSED, "rona")


def test_an_answer_or_ready_begins_the_count_anew_and_busy_is_no_miss() -> None:
    desk = Desk(misses={"no_answer": {}, "busy": {}, "consecutive_max": 2})
    desk.missed(10)
    desk.missed(11, OfferOutcome.BUSY)
    desk.at(12, Ready(ANN))
    desk.missed(13)
    assert desk.state(13)[0] is not PAUSED
    offer = desk.engine.agent("ann").offer
    assert offer is not None
    desk.at(14, OfferAnswered(offer))
    desk.at(15, ConversationEnded(CallId("c1"), wrap_up=False))
    desk.missed(16)
    assert desk.state(16)[0] is not PAUSED


# --- wrap-up


@pytest.mark.parametrize(("own", "ends_s"), [(None, 10), (25.0, 25), (0.0, 0)])
def test_wrap_up_is_the_agents_own_or_the_queues(own: float | None, ends_s: float) -> None:
    desk = Desk({"wrap_up": own})
    ring = desk.talk(10)
    desk.at(100, ConversationEnded(ring.call))
    assert desk.state(100 + ends_s - 0.1 * bool(ends_s))[0] is (
        AgentState.WRAP_UP if ends_s else FREE
    )
    assert desk.state(100 + ends_s)[0] is FREE


def test_wrap_up_until_ready_ends_with_ready_alone() -> None:
    desk = Desk({"wrap_up": "until_ready"})
    desk.at(100, ConversationEnded(desk.talk(10).call))
    desk.at(101, ExtendWrapUp(ANN, 60))
    assert desk.state(100_000)[0] is AgentState.WRAP_UP
    desk.at(100_001, Ready(ANN))
    assert desk.state(100_001)[0] is FREE


def test_more_time_to_write_up_is_added_to_what_is_left() -> None:
    desk = Desk()
    desk.at(100, ConversationEnded(desk.talk(10).call))
    desk.at(105, ExtendWrapUp(ANN, 60))
    assert desk.state(169)[0] is AgentState.WRAP_UP
    assert desk.state(170)[0] is FREE
    desk.at(171, ExtendWrapUp(ANN, 60))
    assert desk.state(171)[0] is FREE


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_more_time_has_to_be_a_time(seconds: float) -> None:
    with pytest.raises(BadMessageError, match="is above 0"):
        Desk().at(1, ExtendWrapUp(ANN, seconds))


# --- breaks

LUNCH = PlanPause(ANN, "lunch", 100, 200)


def on_break() -> Desk:
    desk = Desk()
    desk.at(1, LUNCH)
    return desk


def test_a_break_begins_and_ends_by_itself() -> None:
    desk = on_break()
    assert desk.engine.next_deadline() == 100
    assert [desk.state(at) for at in (99, 100, 199, 200)] == [
        (FREE, ""),
        (PAUSED, "lunch"),
        (PAUSED, "lunch"),
        (FREE, ""),
    ]


def test_a_conversation_is_finished_first() -> None:
    desk = on_break()
    ring = desk.talk(90)
    assert desk.state(150)[0] is TALKS
    desk.at(160, ConversationEnded(ring.call))
    assert desk.state(160) == (PAUSED, "lunch")
    assert desk.state(200)[0] is FREE


@pytest.mark.parametrize("ticked", [True, False])
def test_a_conversation_longer_than_the_break_swallows_it(ticked: bool) -> None:
    desk = on_break()
    ring = desk.talk(90)
    for moment in (100, 200) if ticked else ():
        desk.at(moment)
    desk.at(250, ConversationEnded(ring.call, wrap_up=False))
    assert desk.state(250)[0] is FREE


@pytest.mark.parametrize(
    ("said", "then"),
    [
        (Ready(ANN), (FREE, "")),
        (Pause(ANN, "tea"), (PAUSED, "tea")),
        (LogOut(ANN), (AgentState.LOGGED_OUT, "")),
    ],
)
def test_who_does_otherwise_meanwhile_is_left_alone(
    said: Input, then: tuple[AgentState, str]
) -> None:
    desk = on_break()
    desk.at(100)
    desk.at(150, said)
    assert desk.state(150) == then
    assert desk.state(200) == then


def test_the_logged_out_and_the_otherwise_paused_stay_so() -> None:
    desk = on_break()
    desk.at(50, LogOut(ANN))
    assert desk.state(100)[0] is AgentState.LOGGED_OUT
    other = on_break()
    other.at(50, Pause(ANN, "rona"))
    assert other.state(100) == (PAUSED, "rona")
    assert other.state(200) == (PAUSED, "rona")


def test_who_wants_to_go_home_after_the_talk_is_not_kept_by_a_break() -> None:
    desk = on_break()
    ring = desk.talk(90)
    desk.at(95, LogOut(ANN))
    desk.at(100)
    desk.at(120, ConversationEnded(ring.call, wrap_up=False))
    assert desk.state(120)[0] is AgentState.LOGGED_OUT


def test_a_break_that_was_over_before_anybody_looked_moves_nobody() -> None:
    assert [one for one in on_break().at(205) if isinstance(one, AgentMoved)] == []


def test_who_went_early_comes_back_in_time_also_after_a_restart() -> None:
    desk = on_break()
    desk.at(95, Pause(ANN, "lunch"))
    assert desk.state(199) == (PAUSED, "lunch")
    assert desk.state(200)[0] is FREE


def test_a_new_plan_replaces_the_one_to_come_not_the_one_under_way() -> None:
    desk = on_break()
    desk.at(150, PlanPause(ANN, "tea", 300, 400))
    assert [desk.state(at) for at in (200, 300, 400)] == [(FREE, ""), (PAUSED, "tea"), (FREE, "")]
    desk.at(401, PlanPause(ANN, "tea", 500, 600))
    desk.at(402, PlanPause(ANN, "tea", 700, 800))
    assert desk.state(500)[0] is FREE


def test_a_plan_for_later_does_not_swallow_the_one_that_is_due() -> None:
    desk = on_break()
    desk.at(100, PlanPause(ANN, "tea", 300, 400))
    assert desk.state(100) == (PAUSED, "lunch")


def test_a_planned_pause_ends_after_it_starts() -> None:
    with pytest.raises(BadMessageError, match="ends after it starts"):
        Desk().at(1, PlanPause(ANN, "tea", 5, 5))


def test_the_move_says_why() -> None:
    desk = on_break()
    desk.at(100)
    (moved,) = [one for one in desk.at(200) if isinstance(one, AgentMoved)]
    assert (moved.reason, moved.seconds) == ("break_over", 100)
