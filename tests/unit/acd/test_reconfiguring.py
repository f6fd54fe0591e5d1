"""Another site takes over while calls wait, ring and talk: nobody loses a place."""

import random
from typing import Any

import pytest

from ivr.acd.engine import Engine
from ivr.acd.errors import RoutingError, UnknownAgentError
from ivr.acd.messages import (
    AgentMoved,
    ConversationEnded,
    Enter,
    Input,
    LogIn,
    LogOut,
    OfferAnswered,
    OfferEnded,
    Pause,
    PlanPause,
    Ready,
    Reconfigure,
    Relaxed,
    Resume,
    Ring,
    StopRinging,
    Tick,
)
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from ivr.model.site import Site
from tests.unit.acd.centre import QUEUES, Centre, site
from tests.unit.acd.naive import NaiveEngine

ANN = {"billing": 5}
BOB = {"tech": 3}


def centre(queues: dict[str, Any] = QUEUES, **agents: dict[str, int]) -> Centre:
    found = Centre(site(agents, queues))
    found.log_in(0, *agents)
    return found


def test_a_new_skill_counts_at_once_for_who_waits() -> None:
    line = centre(ann=ANN)
    line.enter(1, "c1", "tech >= 3")
    line.at(2, Reconfigure(site({"ann": {"billing": 5, "tech": 4}})))
    assert line.rings == [("c1", "ann")]


def test_a_skill_taken_away_counts_from_the_next_offer_on() -> None:
    line = centre(ann=ANN)
    line.enter(1, "c1", "billing >= 3")
    line.at(2, Reconfigure(site({"ann": BOB})))
    assert line.all(StopRinging) == []
    line.enter(3, "c2", "billing >= 3")
    line.answered(4, "o1")
    line.hung_up(5, "c1", wrap_up=False)
    assert line.rings == []


def test_who_waits_keeps_place_and_requirement() -> None:
    line = centre(ann=ANN)
    line.talk(1, "c0")
    line.enter(2, "c1", "billing >= 3")
    line.enter(3, "c2", "billing >= 3", priority=1)
    before = line.engine.calls()
    line.at(4, Reconfigure(site({"ann": ANN, "bob": BOB}, {**QUEUES, "new": {"title": "New"}})))
    assert line.engine.calls() == before


def test_a_new_agent_logs_in_and_serves() -> None:
    line = centre(ann=ANN)
    line.enter(1, "c1", "tech >= 3")
    line.at(2, Reconfigure(site({"ann": ANN, "bob": BOB})))
    line.log_in(3, "bob")
    assert line.rings == [("c1", "bob")]


def test_a_free_agent_who_left_the_site_is_logged_out() -> None:
    line = centre(ann=ANN, bob=BOB)
    line.at(1, Reconfigure(site({"ann": ANN})))
    moved = line.the(AgentMoved)
    assert (moved.agent, moved.after) == ("bob", AgentState.LOGGED_OUT)


def test_an_agent_who_left_the_site_finishes_the_conversation() -> None:
    line = centre(ann=ANN)
    line.talk(1, "c1")
    line.at(2, Reconfigure(site({"bob": BOB})))
    assert line.all(AgentMoved) == []
    line.hung_up(3, "c1")
    assert line.the(AgentMoved).after is AgentState.LOGGED_OUT


def test_an_agent_who_is_gone_for_good_is_unknown_after_the_next_change() -> None:
    line = centre(ann=ANN, bob=BOB)
    line.at(1, Reconfigure(site({"ann": ANN})))
    line.at(2, Reconfigure(site({"ann": ANN})))
    with pytest.raises(UnknownAgentError):
        line.at(3, LogIn(AgentId("bob")))


def test_a_ringing_agent_who_left_the_site_rings_no_more_and_the_call_keeps_its_place() -> None:
    line = centre(ann=ANN, bob={"billing": 4})
    line.enter(1, "c1", "billing >= 3")
    line.at(2, Reconfigure(site({"bob": {"billing": 4}})))
    assert line.stopped == [("ann", OfferOutcome.CANCELLED)]
    assert line.rings == [("c1", "bob")]


def test_a_queue_that_is_gone_serves_who_is_in_it() -> None:
    line = centre(ann=ANN)
    line.talk(1, "c0", queue="sales")
    line.enter(2, "c1", queue="sales")
    only_support = {"support": QUEUES["support"]}
    line.at(3, Reconfigure(site({"ann": ANN}, only_support)))
    assert [view.queue for view in line.engine.queues()] == ["support", "sales"]
    line.hung_up(4, "c0")
    assert line.rings == [("c1", "ann")]
    line.leave(5, "c1", QueueOutcome.ABANDONED)
    assert [view.queue for view in line.engine.queues()] == ["support"]


def test_another_ring_timeout_holds_from_the_next_offer_on() -> None:
    line = centre(ann=ANN)
    changed = {**QUEUES, "support": {**QUEUES["support"], "ring_timeout_s": 40}}
    line.at(1, Reconfigure(site({"ann": ANN}, changed)))
    line.enter(2, "c1")
    assert line.the(Ring).ring_timeout_s == 40


def test_another_strategy_holds_from_the_next_match_on() -> None:
    line = centre(ann={"billing": 3}, bob={"billing": 9})
    changed = {**QUEUES, "support": {**QUEUES["support"], "strategy": "best_skilled"}}
    line.at(1, Reconfigure(site({"ann": {"billing": 3}, "bob": {"billing": 9}}, changed)))
    line.enter(2, "c1", "billing >= 1")
    assert line.rings == [("c1", "bob")]


def test_who_waits_goes_on_along_the_old_timeline() -> None:
    relaxing = {"support": {"title": "S", "relax": [{"after": 20, "lower": {"billing": 3}}]}}
    agents = {"ann": {"billing": 4}, "bob": {"billing": 9}}
    line = centre(relaxing, **agents)
    line.at(0, Pause(AgentId("bob"), "tea"))
    line.enter(1, "c1", "billing >= 5")
    line.at(2, Reconfigure(site(agents, {"support": {"title": "S"}})))
    line.at(21, Tick())
    assert line.the(Relaxed).skills == "billing >= 3"
    assert line.rings == [("c1", "ann")]


def test_a_wanted_agent_without_the_skill_is_waited_for_no_longer() -> None:
    line = centre(ann=ANN, bob=ANN)
    line.talk(1, "c0")
    line.enter(2, "c1", "billing >= 3", wanted=AgentId("ann"), wanted_until=100.0)
    assert line.rings == []
    line.at(3, Reconfigure(site({"ann": BOB, "bob": ANN})))
    assert line.rings == [("c1", "bob")]


SITES = (
    site({"ann": {"billing": 5}, "bob": {"tech": 4}, "cem": {}}),
    site({"bob": {"tech": 4, "billing": 2}, "ann": {"billing": 1}}),
    site(
        {"ann": {"tech": 9}, "cem": {"billing": 3}, "dee": {"billing": 7}},
        {
            "support": {"title": "S", "strategy": "best_skilled", "ring_several": 2},
            "tail": {"title": "T", "strategy": "round_robin"},
        },
    ),
)


def _message(dice: random.Random, now: float, number: int) -> Input:
    agent = AgentId(dice.choice(["ann", "bob", "cem", "dee"]))
    offer, call = OfferId(f"o{dice.randint(1, 30)}"), CallId(f"c{dice.randint(0, number)}")
    skills = dice.choice(["", "billing >= 2", "tech >= 3", "tech >= 3 or billing >= 6"])
    queue = QueueId(dice.choice(["support", "sales", "tail"]))
    entry = Enter(CallId(f"c{number}"), queue, skills, dice.randint(0, 2), now, now + 500)
    quiet: list[Input] = [
        LogIn(agent),
        LogOut(agent),
        Pause(agent, "tea"),
        Ready(agent),
        OfferEnded(offer, OfferOutcome.REJECTED),
        ConversationEnded(call),
        Reconfigure(dice.choice(SITES)),
    ]
    return dice.choice([*quiet, *[entry] * 4, *[OfferAnswered(offer)] * 3, *[LogIn(agent)] * 2])


def _outcome(engine: Engine, message: Input, now: float) -> object:
    try:
        return engine.handle(message, now)
    except RoutingError as error:
        return str(error)


@pytest.mark.parametrize("seed", range(40))
def test_after_any_change_the_match_is_what_a_full_scan_finds(seed: int) -> None:
    dice = random.Random(seed)
    engine, naive = Engine(SITES[0]), NaiveEngine(SITES[0])
    now = 1000.0
    for number in range(250):
        now += dice.choice([0.0, 0.5, 3.0])
        message = _message(dice, now, number)
        assert _outcome(engine, message, now) == _outcome(naive, message, now), message


def test_a_shorter_delay_counts_for_who_waits() -> None:
    def delayed(delay_s: float) -> Site:
        return site({"ann": ANN}, terms={"ann": {"support": {"delay_s": delay_s}}})

    line = Centre(delayed(600))
    line.log_in(0, "ann")
    line.enter(0, "c1")
    line.at(1, Reconfigure(delayed(30)))
    assert line.engine.next_deadline() == 30
    line.at(30, Tick())
    assert line.rings == [("c1", "ann")]


def test_another_cap_on_call_backs_counts_from_the_next_one_on() -> None:
    def capped(active_max: int) -> Site:
        terms = {**QUEUES["support"], "callback": {"active_max": active_max}}
        return site({"ann": ANN, "bob": BOB}, {**QUEUES, "support": terms})

    line = Centre(capped(2))
    line.log_in(0, "ann", "bob")
    line.enter(1, "c1", callback=True)
    line.at(2, Reconfigure(capped(1)))
    line.enter(3, "c2", callback=True)
    assert line.rings == []
    line.at(4, Reconfigure(capped(2)))
    assert line.rings == [("c2", "bob")]


@pytest.mark.parametrize("wish", [LogIn(AgentId("ann")), Ready(AgentId("ann"))])
def test_who_left_the_site_ends_the_talk_and_takes_no_other_call(wish: Input) -> None:
    line = centre(ann=ANN)
    line.talk(1, "c0")
    line.at(2, Reconfigure(site({"bob": BOB})))
    with pytest.raises(UnknownAgentError, match="has left the site"):
        line.at(3, wish)
    line.hung_up(4, "c0", wrap_up=False)
    assert line.state("ann") is AgentState.LOGGED_OUT
    line.enter(5, "c1")
    with pytest.raises(UnknownAgentError, match="has left the site"):
        line.at(6, Resume(CallId("c2"), AgentId("ann"), QueueId("support")))


def test_a_break_of_somebody_who_left_the_site_comes_and_goes_unnoticed() -> None:
    line = centre(ann=ANN, bob=BOB)
    line.at(1, PlanPause(AgentId("ann"), "lunch", 10, 100))
    line.at(10, Tick())
    line.at(11, LogOut(AgentId("ann")), PlanPause(AgentId("ann"), "tea", 50, 60))
    line.at(12, Reconfigure(site({"bob": BOB})))
    line.at(50, Tick())
    line.enter(99, "c1")
    line.at(100, Tick())
    assert line.engine.next_deadline() is not None
    line.answered(101, "o1")
    assert line.state("bob") is AgentState.ON_CALL


def test_who_comes_later_goes_down_the_new_timeline() -> None:
    queue: dict[str, Any] = {"title": "S", "skip_unstaffed": False}
    first, second = (
        site({"ann": ANN}, {"support": {**queue, "relax": [{"after": s, "drop": ["tech"]}]}})
        for s in (50, 5)
    )
    line = Centre(first)
    line.enter(1, "c1", "tech >= 3")
    line.at(2, Reconfigure(second))
    line.enter(3, "c2", "tech >= 3")
    line.at(8, Tick())
    assert [(one.call, one.step) for one in line.all(Relaxed)] == [("c2", 1)]


def test_who_is_back_in_the_site_before_the_talk_is_over_stays() -> None:
    line = centre(ann=ANN, bob=BOB)
    line.talk(1, "c0")
    line.at(2, Reconfigure(site({"bob": BOB})))
    line.at(3, Reconfigure(site({"ann": ANN, "bob": BOB})))
    assert line.engine.agent("ann").later == ""
    line.hung_up(4, "c0", wrap_up=False)
    assert line.engine.agent("ann").state is AgentState.AVAILABLE


def test_who_wanted_to_go_home_anyway_goes_home() -> None:
    line = centre(ann=ANN, bob=BOB)
    line.talk(1, "c0")
    line.at(2, LogOut(AgentId("ann")))
    line.at(3, Reconfigure(site({"ann": ANN, "bob": BOB})))
    line.hung_up(4, "c0", wrap_up=False)
    assert line.engine.agent("ann").state is AgentState.LOGGED_OUT
