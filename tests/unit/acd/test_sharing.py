"""Agents shared by several interactions: calls take all of an agent, chats and mails a part."""

import pytest

from ivr.acd.messages import (
    AgentMoved,
    Finished,
    LogOut,
    Pause,
    Ready,
    Reconfigure,
    Reprioritise,
    Ring,
    Tick,
)
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, QueueId
from tests.unit.acd.centre import QUEUES, Centre, site

ANN = AgentId("ann")
WEB = {"title": "Web", "channel": "chat", "ring_timeout_s": 15, "wrap_up_s": 30}
POST = {"title": "Post", "channel": "mail", "wrap_up_s": 0}
SITE = site(
    {"ann": {"billing": 5}, "bob": {"billing": 1}},
    {**QUEUES, "web": WEB, "post": POST},
    channels={"chat": 3, "mail": 2},
)


@pytest.fixture
def house() -> Centre:
    """Ann alone is there."""
    centre = Centre(SITE)
    centre.log_in(0, "ann")
    return centre


def chat(house: Centre, now: float, call: str, queue: str = "web") -> None:
    """One comes in and Ann takes it."""
    house.enter(now, call, queue=queue)
    house.answered(now, house.the(Ring).offer)


def test_as_many_chats_as_fill_an_agent_and_the_next_waits(house: Centre) -> None:
    for number in range(3):
        chat(house, 1, f"c{number}")
    assert house.engine.agent("ann").at_hand == ("c0", "c1", "c2")
    assert house.enter(2, "c3", queue="web") == []
    assert house.engine.why_not("ann", "c3") == "is on_call with call c0 and 2 more"


def test_a_call_takes_the_whole_agent_and_waits_for_it(house: Centre) -> None:
    chat(house, 1, "c1")
    assert house.enter(2, "v1") == []
    house.hung_up(3, "c1", wrap_up=False)
    assert house.rings == [("v1", "ann")]
    house.answered(4, house.the(Ring).offer)
    assert house.enter(5, "c2", queue="web") == []


def test_channels_mix_as_long_as_there_is_room(house: Centre) -> None:
    chat(house, 1, "m1", "post")
    chat(house, 1, "c1")
    assert house.engine.agent("ann").room == pytest.approx(1 / 6)
    house.enter(2, "m2", queue="post")
    house.enter(2, "c2", queue="web")
    assert house.rings == []
    house.hung_up(3, "m1")
    assert house.rings == [("m2", "ann")]


def test_whoever_came_later_and_takes_less_does_not_overtake(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "v1")
    assert house.enter(3, "c2", queue="web") == []
    assert house.engine.why_not("ann", "c2") == (
        "is kept for v1, who is ahead and needs more of the agent"
    )
    house.hung_up(4, "c1", wrap_up=False)
    assert house.rings == [("v1", "ann")]


def test_chats_do_not_starve_a_call_however_many_come(house: Centre) -> None:
    chat(house, 1, "c0")
    chat(house, 2, "c1")
    house.enter(3, "v1")
    for number in range(2, 50):
        house.enter(3 + number, f"c{number}", queue="web")
        house.hung_up(4 + number, f"c{number - 2}", wrap_up=False)
        if house.rings:
            break
    assert house.rings == [("v1", "ann")]


def test_nor_chats_a_mail_that_takes_more_than_one_of_them(house: Centre) -> None:
    for number in range(3):
        chat(house, 1, f"c{number}")
    house.enter(2, "m1", queue="post")
    house.enter(3, "c3", queue="web")
    assert house.hung_up(4, "c0", wrap_up=False)[1:] == []
    house.hung_up(5, "c1", wrap_up=False)
    assert house.rings == [("m1", "ann")]


def test_who_came_before_the_call_still_has_the_room(house: Centre) -> None:
    for number in range(3):
        chat(house, 1, f"c{number}")
    house.enter(2, "c3", queue="web")
    house.enter(3, "v1")
    house.hung_up(4, "c0", wrap_up=False)
    assert house.rings == [("c3", "ann")]


def test_when_the_call_is_gone_who_came_later_has_the_room_at_once(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "v1")
    house.enter(3, "c2", queue="web")
    house.leave(4, "v1")
    assert house.rings == [("c2", "ann")]


def test_and_when_somebody_else_serves_it(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "v1")
    house.enter(3, "c2", queue="web")
    house.log_in(4, "bob")
    assert house.rings == [("v1", "bob"), ("c2", "ann")]


def test_and_when_it_loses_its_priority(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "v1")
    house.enter(3, "c2", queue="web")
    house.at(4, Reprioritise(CallId("v1"), -1))
    assert house.rings == [("c2", "ann")]


def test_and_when_it_has_to_wait_for_other_call_backs() -> None:
    queues = {"web": WEB, "again": {"title": "Again", "callback": {"active_max": 1}}}
    house = Centre(site({"ann": {"billing": 5}, "bob": {}}, queues, channels={"chat": 3}))
    house.log_in(0, "ann")
    chat(house, 1, "c1")
    house.enter(2, "v1", "billing >= 1", queue="again", callback=True)
    house.enter(3, "c2", queue="web")
    house.enter(4, "v2", queue="again", callback=True, entered_at=0)
    assert house.rings == []
    house.log_in(5, "bob")
    assert house.rings == [("v2", "bob"), ("c2", "ann")]


def test_a_caller_whom_the_agent_may_not_serve_keeps_nobody(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "v1", "billing >= 9")
    house.enter(3, "c2", queue="web")
    assert house.rings == [("c2", "ann")]


def test_by_the_agents_own_terms_the_chats_may_come_first() -> None:
    terms = {"ann": {"support": {"priority": -1}}}
    house = Centre(
        site({"ann": {"billing": 5}}, {**QUEUES, "web": WEB}, terms, channels={"chat": 3})
    )
    house.log_in(0, "ann")
    chat(house, 1, "c1")
    house.enter(2, "v1")
    house.enter(3, "c2", queue="web")
    assert house.rings == [("c2", "ann")]
    house.answered(4, house.the(Ring).offer)
    assert house.enter(70, "c3", queue="web") == []


def test_whoever_has_less_at_hand_comes_first(house: Centre) -> None:
    house.log_in(1, "bob")
    chat(house, 2, "c1")
    house.enter(3, "c2", queue="web")
    assert house.rings == [("c2", "bob")]


def test_an_agent_is_offered_one_thing_at_a_time(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "c2", queue="web")
    assert house.enter(2, "c3", queue="web") == []
    assert house.engine.why_not("ann", "c3") == "is being offered something else"
    house.answered(3, "o2")
    assert house.rings == [("c3", "ann")]


def test_an_agent_stays_on_call_until_the_last_conversation_is_over(house: Centre) -> None:
    chat(house, 1, "c1")
    chat(house, 2, "c2")
    house.hung_up(10, "c1", wrap_up=False)
    assert house.said == [Finished(ANN, CallId("c1"), QueueId("web"), 9)]
    assert house.engine.agent("ann").call == "c2"
    house.hung_up(20, "c2", wrap_up=False)
    assert house.the(AgentMoved).seconds == 19
    assert house.state("ann") is AgentState.AVAILABLE


def test_a_chat_written_up_beside_others_keeps_its_share_meanwhile(house: Centre) -> None:
    for call in ("c1", "c2", "c3"):
        chat(house, 1, call)
    house.enter(2, "c4", queue="web")
    assert house.hung_up(10, "c1") == []
    assert house.engine.next_deadline() == 40
    house.at(40, Tick())
    assert house.the(Finished).seconds == 39
    assert house.rings == [("c4", "ann")]


def test_what_is_left_is_written_up_together(house: Centre) -> None:
    chat(house, 1, "c1")
    chat(house, 1, "m1", "post")
    house.hung_up(10, "c1")
    house.hung_up(15, "m1")
    assert house.state("ann") is AgentState.WRAP_UP
    assert house.engine.next_deadline() == 40


def test_ready_ends_what_is_written_up_beside_others(house: Centre) -> None:
    chat(house, 1, "c1")
    chat(house, 1, "c2")
    house.hung_up(10, "c1")
    house.at(11, Ready(ANN))
    assert house.the(Finished).call == "c1"
    assert house.engine.agent("ann").room == pytest.approx(2 / 3)


def test_a_missed_chat_pauses_when_the_others_are_over(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "c2", queue="web")
    house.ended(17, "o2", OfferOutcome.NO_ANSWER)
    assert house.state("ann") is AgentState.ON_CALL
    assert house.engine.why_not("ann", "c2") == "takes nothing more: pause comes next"
    house.hung_up(20, "c1")
    assert house.moves == [("ann", AgentState.PAUSED, "rona")]


def test_an_offer_nobody_reacts_to_was_missed_not_failed(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "c2", queue="web")
    house.at(19, Tick())
    assert house.stopped == [("ann", OfferOutcome.NO_ANSWER)]


def test_who_wants_a_pause_is_offered_nothing_more_until_it_is_taken_back(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "c2", queue="web")
    house.at(3, Pause(ANN, "tea"))
    assert house.stopped == [("ann", OfferOutcome.CANCELLED)]
    house.at(4, Ready(ANN))
    assert house.rings == [("c2", "ann")]


def test_an_offer_beside_the_last_conversation_outlives_it(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "c2", queue="web")
    house.hung_up(3, "c1")
    assert house.moves == []
    house.answered(4, "o2")
    assert house.engine.agent("ann").at_hand == ("c1", "c2")
    assert house.engine.agent("ann").call == "c2"


def test_and_when_it_comes_to_nothing_the_wrap_up_follows(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "c2", queue="web")
    house.hung_up(3, "c1")
    house.leave(5, "c2", QueueOutcome.ABANDONED)
    assert house.moves == [("ann", AgentState.WRAP_UP, "conversation_ended")]
    assert house.engine.next_deadline() == 33


def test_a_log_out_meanwhile_takes_effect_at_once(house: Centre) -> None:
    chat(house, 1, "c1")
    house.enter(2, "c2", queue="web")
    house.hung_up(3, "c1")
    house.at(4, LogOut(ANN))
    assert house.moves == [("ann", AgentState.LOGGED_OUT, "log_out")]


def test_what_was_begun_takes_as_much_after_a_reload(house: Centre) -> None:
    for number in range(3):
        chat(house, 1, f"c{number}")
    house.enter(2, "c3", queue="web")
    more = SITE.model_copy(update={"channels": {"chat": 10, "mail": 2}})
    house.at(3, Reconfigure(more))
    assert house.rings == []
    house.hung_up(6, "c1", wrap_up=False)
    assert house.rings == [("c3", "ann")]
    house.answered(7, house.the(Ring).offer)
    assert house.engine.agent("ann").room == pytest.approx(1 / 3 - 1 / 10)


def test_nothing_is_announced_where_agents_are_shared(house: Centre) -> None:
    for queue in ("web", "support"):
        for number in range(20):
            house.engine.handling.learn(queue, 60 + number)
    for number in range(3):
        chat(house, 1, f"c{number}")
    house.enter(2, "c3", queue="web")
    house.enter(2, "v1")
    assert house.engine.estimate("c3", 3) is None
    assert house.engine.estimate("v1", 3) is not None


def test_who_wants_one_agent_rings_that_agent_once_however_many_the_queue_rings() -> None:
    several = {**WEB, "ring_several": 2}
    house = Centre(site({"ann": {}}, {**QUEUES, "web": several}, channels={"chat": 3}))
    house.log_in(0, "ann")
    house.enter(1, "c1", queue="web", wanted=ANN, wanted_until=60.0)
    assert house.rings == [("c1", "ann")]
