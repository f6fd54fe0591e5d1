"""A server starts beside an Asterisk full of calls, or comes back after a lost link."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.acd.messages import LogIn, Ready, Tick
from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.events import AgentChanged
from ivr.model.ids import AgentId
from ivr.ports import Memo, QueueRequest
from ivr.service.dispositions import Dispositions
from ivr.service.legs import LegAnswered, LiveChannel, PhoneChanged, Snapshot
from ivr.service.resumption import Resumption, busy_since
from tests.unit.service.fakes import FakeLine, House, settle
from tests.unit.service.test_queues import stand_in_line


def changed(agent: str, after: AgentState, reason: str = "") -> AgentChanged:
    return AgentChanged(
        at=1.0, agent=agent, before=AgentState.AVAILABLE, after=after, reason=reason, seconds=0
    )


def caller(channel: str, call: str, state: str, **memo: object) -> LiveChannel:
    return LiveChannel(channel, "2001", True, False, Memo(call, state, **memo))  # type: ignore[arg-type]


def leg(name: str, extension: str, *, answered: bool = True) -> LiveChannel:
    return LiveChannel(name, extension, answered, True)


def started(call: str) -> events.CallStarted:
    return events.CallStarted(
        at=999_000.0, call=call, caller="", caller_name="", dialled="600", flow="main", channel="x"
    )


def entered(call: str) -> events.QueueEntered:
    return events.QueueEntered(
        at=999_900.0, call=call, queue="sales", skills="", priority=0, entered_at=999_900.0
    )


def ordered(order: str, at: float, refusal: str = "") -> events.OrderGiven:
    """By Bob's phone."""
    return events.OrderGiven(
        at=at, by="1002", order=order, target="bob", refusal=refusal, agent="bob"
    )


def writes_up(at: float, until: float) -> dict[str, AgentChanged]:
    """Bob, since then."""
    before = changed("bob", AgentState.WRAP_UP)
    return {"bob": replace(before, at=at, call="c7", until=until)}


TALKING = caller(
    "ch1", "c1", "talking", agent="bob", queue="sales", leg="leg-9", talking_since=999_950.0
)
TALK_SNAPSHOT = Snapshot((TALKING, leg("leg-9", "1002")), frozenset({"1002", "1001"}))


async def test_agents_get_their_chosen_state_back(house: House) -> None:
    resumption = Resumption(house.desk)
    await resumption.take_over(
        Snapshot((), frozenset({"1001"})),
        {
            "ada": changed("ada", AgentState.PAUSED, "lunch"),
            "bob": changed("bob", AgentState.ON_CALL),
            "eve": changed("eve", AgentState.LOGGED_OUT),
            "gone": changed("gone", AgentState.AVAILABLE),
        },
        {},
    )
    assert house.engine.agent("ada").state is AgentState.PAUSED
    assert house.engine.agent("ada").reason == "lunch"
    assert house.engine.agent("bob").state is AgentState.AVAILABLE
    assert house.engine.agent("eve").state is AgentState.LOGGED_OUT


async def test_who_was_free_for_longer_is_rung_first(house: House) -> None:
    agents = {
        "ada": replace(changed("ada", AgentState.AVAILABLE), at=999_950.0),
        "bob": replace(changed("bob", AgentState.AVAILABLE), at=999_900.0),
    }
    found = Snapshot((), frozenset({"1001", "1002"}))
    await Resumption(house.desk).take_over(found, agents, {})
    assert [house.engine.agent(one).idle_since for one in agents] == [999_950.0, 999_900.0]
    served = stand_in_line(house, FakeLine(), QueueRequest("sales"))
    await settle()
    (offer,) = house.events.of(events.OfferMade)
    assert (offer.agent, offer.reason) == ("bob", "longest idle 100.0 s")
    served.cancel()


async def test_who_was_writing_up_goes_on_for_what_is_left_of_it(house: House) -> None:
    await Resumption(house.desk).take_over(
        Snapshot((), frozenset({"1002"})),
        writes_up(999_980.0, 1_000_010.0),
        {},
        [ordered("extend-wrap-up 60", 999_000.0), ordered("extend-wrap-up 30", 999_990.0)],
    )
    view = house.engine.agent("bob")
    assert (view.state, view.call) == (AgentState.WRAP_UP, "c7")
    house.clock.advance(39)
    house.dispatcher.feed(Tick())
    assert house.engine.agent("bob").state is AgentState.WRAP_UP
    house.clock.advance(1)
    house.dispatcher.feed(Tick())
    assert house.engine.agent("bob").state is AgentState.AVAILABLE


async def test_a_wrap_up_that_was_over_meanwhile_is_over(house: House) -> None:
    agents = writes_up(999_980.0, 999_995.0)
    await Resumption(house.desk).take_over(Snapshot((), frozenset({"1002"})), agents, {})
    assert house.engine.agent("bob").state is AgentState.AVAILABLE


async def test_who_writes_up_until_ready_goes_on_until_ready(house: House) -> None:
    agents = writes_up(900_000.0, 0.0)
    await Resumption(house.desk).take_over(Snapshot((), frozenset({"1002"})), agents, {})
    house.clock.advance(1e6)
    house.dispatcher.feed(Tick())
    assert house.engine.agent("bob").state is AgentState.WRAP_UP
    house.dispatcher.feed(Ready(AgentId("bob")))
    assert house.engine.agent("bob").state is AgentState.AVAILABLE


async def test_the_journal_tells_when_a_wrap_up_ends(house: House) -> None:
    terms = house.desk.site.queues["sales"].model_copy(update={"wrap_up_s": 12.0})
    site = house.desk.site.model_copy(update={"queues": {"sales": terms}})
    house.dispatcher.reconfigure(site, site)
    house.log_in("bob")
    house.dispatcher.take("c1", "bob", "sales")
    house.dispatcher.conversation_over("c1", wrap_up=True)
    states = house.events.of(AgentChanged)
    assert states[-1].after is AgentState.WRAP_UP
    assert [one.until for one in states] == [0.0] * (len(states) - 1) + [1_000_012.0]


ON_CALL = changed("bob", AgentState.ON_CALL)


@pytest.mark.parametrize(
    ("orders", "after"),
    [
        ([ordered("pause lunch", 2.0)], (AgentState.PAUSED, "lunch")),
        (
            [ordered("pause lunch", 2.0), ordered("log-out", 3.0)],
            (AgentState.LOGGED_OUT, "log_out"),
        ),
        ([ordered("log-out", 2.0), ordered("ready", 3.0)], None),
        ([ordered("pause lunch", 2.0, "no such reason")], None),
        ([ordered("pause lunch", 0.5)], None),
    ],
)
@pytest.mark.parametrize("talk_lasts", [True, False])
async def test_what_was_asked_for_during_a_talk_comes_after_it(
    house: House,
    orders: list[events.OrderGiven],
    after: tuple[AgentState, str] | None,
    talk_lasts: bool,
) -> None:
    resumption = Resumption(house.desk)
    snapshot = TALK_SNAPSHOT if talk_lasts else Snapshot((), TALK_SNAPSHOT.reachable)
    await resumption.take_over(snapshot, {"bob": ON_CALL}, {"c1": [started("c1")]}, orders)
    if talk_lasts:
        assert house.engine.agent("bob").state is AgentState.ON_CALL
        resumption.channel_gone("leg-9")
    view = house.engine.agent("bob")
    expected = after or (AgentState.AVAILABLE, view.reason)
    assert (view.state, view.reason) == expected


@pytest.mark.parametrize(
    "last",
    [
        changed("bob", AgentState.PAUSED, "lunch"),
        writes_up(999_980.0, 1_000_010.0)["bob"],
        ON_CALL,
    ],
    ids=["paused", "writing up", "talking"],
)
async def test_nobody_is_offered_a_call_back_who_is_busy(house: House, last: AgentChanged) -> None:
    """It stands in line before anybody is logged in."""
    house.dispatcher.enter(
        "c5",
        "sales",
        "",
        0,
        entered_at=999_000.0,
        wait_s_max=9000,
        caller="",
        leave_if_empty=False,
        resumed=True,
        callback=True,
    )
    snapshot = TALK_SNAPSHOT if last is ON_CALL else Snapshot((), frozenset({"1002"}))
    await Resumption(house.desk).take_over(snapshot, {"bob": last}, {"c1": [started("c1")]})
    assert house.events.of(events.OfferMade) == []
    assert house.engine.agent("bob").state is last.after
    assert not house.engine.held


def test_orders_are_read_back_to_the_first_who_talks_or_writes_up() -> None:
    agents = {**writes_up(500.0, 0.0), "ada": replace(ON_CALL, agent="ada", at=400.0)}
    assert busy_since(agents, 900.0) == 400.0
    assert busy_since({"ada": changed("ada", AgentState.PAUSED)}, 900.0) == 900.0


@pytest.mark.parametrize(
    ("said_at", "after"), [(999_960.0, AgentState.AVAILABLE), (999_940.0, AgentState.WRAP_UP)]
)
async def test_what_was_said_of_a_talk_need_not_be_said_again(
    house: House, said_at: float, after: AgentState
) -> None:
    """It began at 999,950: what was said before that, was said of another talk in this call."""
    terms = house.desk.site.queues["sales"].model_copy(
        update={"dispositions": {"sold": "Sold"}, "disposition_required": True}
    )
    site = house.desk.site.model_copy(update={"queues": {"sales": terms}})
    house.dispatcher.reconfigure(site, site)
    said = events.DispositionGiven(
        at=said_at,
        call="c1",
        agent="bob",
        queue="sales",
        code="sold",
        title="Sold",
        group="",
        note="two",
        by="Bob",
    )
    history = [started("c1"), said]
    resumption = Resumption(house.desk)
    await resumption.take_over(TALK_SNAPSHOT, {"bob": ON_CALL}, {"c1": history})
    desk = house.desk
    told = Dispositions(
        lambda: site, desk.conversations, house.dispatcher.feed, house.events, house.clock
    )
    told.learn(history)
    item = told.item("bob")
    assert item is not None
    assert (item["code"], item["note"]) == (
        ("sold", "two") if after is AgentState.AVAILABLE else ("", "")
    )
    resumption.channel_gone("leg-9")
    assert house.engine.agent("bob").state is after


async def test_a_conversation_found_goes_on_and_ends_when_the_agent_leaves(house: House) -> None:
    resumption = Resumption(house.desk)
    await resumption.take_over(
        TALK_SNAPSHOT, {"bob": changed("bob", AgentState.ON_CALL)}, {"c1": [started("c1")]}
    )
    assert house.engine.agent("bob").state is AgentState.ON_CALL
    house.clock.advance(10)
    resumption.channel_gone("leg-9")
    (ended,) = house.events.of(events.ConversationEnded)
    assert (ended.talk_s, ended.ended_by) == (60.0, "agent")
    assert house.engine.agent("bob").state is AgentState.AVAILABLE
    assert house.events.of(events.CallEnded) == []

    resumption.channel_gone("ch1")
    (over,) = house.events.of(events.CallEnded)
    assert (over.call, over.result) == ("c1", "hangup")


async def test_a_conversation_found_ends_when_the_caller_leaves(house: House) -> None:
    resumption = Resumption(house.desk)
    await resumption.take_over(
        TALK_SNAPSHOT, {"bob": changed("bob", AgentState.ON_CALL)}, {"c1": [started("c1")]}
    )
    resumption.channel_gone("ch1")
    (ended,) = house.events.of(events.ConversationEnded)
    assert ended.ended_by == "caller"
    assert len(house.events.of(events.CallEnded)) == 1
    resumption.channel_gone("leg-9")
    assert len(house.events.of(events.ConversationEnded)) == 1


def offered(call: str, offer: str, leg: str) -> events.OfferMade:
    return events.OfferMade(
        at=999_990.0, call=call, offer=offer, queue="sales", agent="bob", channel=leg, reason=""
    )


async def test_offers_left_open_end_on_record_as_the_legs_tell(house: House) -> None:
    calls = {
        "c1": [started("c1"), offered("c1", "1-1", "leg-9")],
        "c2": [started("c2"), offered("c2", "1-2", "leg-8")],
    }
    Resumption(house.desk).settle_offers(TALK_SNAPSHOT, calls)
    ends = house.events.of(events.OfferEnded)
    assert [(one.call, one.offer, one.outcome, one.ring_s) for one in ends] == [
        ("c1", "1-1", OfferOutcome.ACCEPTED, 10.0),
        ("c2", "1-2", OfferOutcome.CANCELLED, 10.0),
    ]


@pytest.mark.parametrize("state", ["talking", "waiting"])
async def test_killed_when_two_answer_in_one_instant(house: House, state: str) -> None:
    """Either the memo says who has the caller, or nobody has: the other phones are taken down."""
    told = {"agent": "bob", "leg": "leg-9", "talking_since": 999_999.0}
    memo = {"queue": "sales", "entered_at": 999_900.0, **(told if state == "talking" else {})}
    snapshot = Snapshot(
        (caller("ch1", "c1", state, **memo), leg("leg-8", "1001"), leg("leg-9", "1002")),
        frozenset({"1001", "1002"}),
    )
    calls = {"c1": [started("c1"), offered("c1", "1-1", "leg-8"), offered("c1", "1-2", "leg-9")]}
    resumption = Resumption(house.desk)
    resumption.settle_offers(snapshot, calls)
    await resumption.take_over(
        snapshot,
        {one: changed(one, AgentState.RINGING) for one in ("ada", "bob")},
        calls,
    )
    await settle()
    outcomes = [one.outcome for one in house.events.of(events.OfferEnded)]
    talks = state == "talking"
    assert outcomes == [
        OfferOutcome.CANCELLED,
        OfferOutcome.ACCEPTED if talks else OfferOutcome.CANCELLED,
    ]
    assert sorted(house.telephony.ended) == (["leg-8"] if talks else ["leg-8", "leg-9"])
    assert house.engine.talks() == ({"c1": "bob"} if talks else {})
    assert house.engine.agent("ada").state is AgentState.AVAILABLE


async def test_whose_phone_unregistered_meanwhile_is_rung_for_nobody(house: House) -> None:
    resumption = Resumption(house.desk)
    await resumption.take_over(
        Snapshot(
            (caller("ch1", "c1", "waiting", queue="sales", entered_at=999_900.0),), frozenset()
        ),
        {"bob": changed("bob", AgentState.RINGING)},
        {"c1": [started("c1"), entered("c1"), offered("c1", "1-1", "leg-9")]},
    )
    memo = Memo("c1", "waiting", "main", "wait", queue="sales", entered_at=999_900.0)
    served = stand_in_line(house, FakeLine(), QueueRequest("sales"), memo)
    await settle()
    resumption.returned("ch1")
    assert house.engine.agent("bob").state is AgentState.AVAILABLE
    assert house.events.of(events.OfferMade) == []
    house.dispatcher.on_leg_event(PhoneChanged("1002", True))
    assert [one.agent for one in house.events.of(events.OfferMade)] == ["bob"]
    served.cancel()


async def test_nobody_is_offered_until_all_callers_in_line_are_back(house: House) -> None:
    resumption = Resumption(house.desk)
    snapshot = Snapshot(
        (caller("ch1", "c1", "waiting"), caller("ch2", "c2", "waiting")), frozenset({"1002"})
    )
    await resumption.take_over(snapshot, {"bob": changed("bob", AgentState.AVAILABLE)}, {})

    def back(call: str, channel: str, entered_at: float) -> None:
        house.dispatcher.enter(
            call,
            "sales",
            "sales >= 1",
            0,
            entered_at=entered_at,
            wait_s_max=10_000,
            caller="",
            leave_if_empty=False,
            resumed=True,
        )
        resumption.returned(channel)

    back("c2", "ch2", 999_990.0)
    await settle()
    assert house.telephony.rung == []
    back("c1", "ch1", 999_980.0)
    await settle()
    assert len(house.telephony.rung) == 1
    assert [offer.call for offer in house.dispatcher.offers()] == ["c1"]


async def test_a_caller_in_line_who_hangs_up_before_coming_back_has_abandoned(
    house: House,
) -> None:
    resumption = Resumption(house.desk)
    history = [started("c1"), entered("c1")]
    await resumption.take_over(
        Snapshot((caller("ch1", "c1", "waiting"),), frozenset()), {}, {"c1": history}
    )
    assert house.engine.held
    resumption.channel_gone("ch1")
    (left,) = house.events.of(events.QueueLeft)
    assert left.outcome is QueueOutcome.ABANDONED
    assert len(house.events.of(events.CallEnded)) == 1
    assert not house.engine.held


async def test_calls_that_ended_unseen_get_their_ends_written(house: House) -> None:
    resumption = Resumption(house.desk)
    talk = events.ConversationStarted(
        at=999_950.0, call="c2", queue="sales", agent="bob", channel="leg-1"
    )
    await resumption.take_over(
        Snapshot((), frozenset()),
        {},
        {"c1": [started("c1"), entered("c1")], "c2": [started("c2"), talk]},
    )
    assert [e.call for e in house.events.of(events.QueueLeft)] == ["c1"]
    assert [e.call for e in house.events.of(events.ConversationEnded)] == ["c2"]
    assert {e.call: e.result for e in house.events.of(events.CallEnded)} == {
        "c1": "lost",
        "c2": "lost",
    }


async def test_a_recording_left_open_is_finished(house: House, tmp_path: Path) -> None:
    (tmp_path / "r1.json").write_text(
        json.dumps(
            {
                "id": "r1",
                "call": "c1",
                "queue": "sales",
                "agent": "bob",
                "started_at": house.clock.now() - 1.0,
                "seconds": 0.0,
                "result": "recording",
            }
        )
    )
    (tmp_path / "r1.raw").write_bytes(b"\0" * 32000)
    await Resumption(house.desk).take_over(Snapshot((), frozenset()), {}, {})
    await house.tasks.wait()
    assert json.loads((tmp_path / "r1.json").read_text())["result"] == "unverified"
    assert (tmp_path / "r1.wav").stat().st_size == 44 + 32000


@pytest.mark.parametrize(
    ("legs", "outcome"),
    [((), OfferOutcome.FAILED), ((leg("leg-1", "1002"),), OfferOutcome.ACCEPTED)],
)
async def test_offers_under_way_at_a_lost_link_are_settled_by_the_snapshot(
    house: House, legs: tuple[LiveChannel, ...], outcome: OfferOutcome
) -> None:
    house.log_in("bob")
    house.dispatcher.enter(
        "c1",
        "sales",
        "sales >= 1",
        0,
        entered_at=house.clock.now(),
        wait_s_max=1000,
        caller="",
        leave_if_empty=False,
        resumed=False,
    )
    await settle()
    Resumption(house.desk).reconcile(Snapshot(legs, frozenset({"1002"})))
    (ended,) = house.events.of(events.OfferEnded)
    assert ended.outcome is outcome


async def test_an_answer_to_an_offer_long_withdrawn_is_hung_up(house: House) -> None:
    house.dispatcher.feed(LogIn("bob"))
    house.dispatcher.on_leg_event(LegAnswered("leg-77"))
    await settle()
    assert house.telephony.ended == ["leg-77"]


@pytest.mark.parametrize("gone", [("gone", "sales"), ("bob", "closed")])
async def test_a_talk_the_site_no_longer_knows_stops_no_server(
    house: House, gone: tuple[str, str]
) -> None:
    agent, queue = gone
    found = caller("ch1", "c1", "talking", agent=agent, queue=queue, leg="leg-9")
    await Resumption(house.desk).take_over(
        Snapshot((found, leg("leg-9", "1002")), frozenset()), {}, {}
    )
    assert house.desk.conversations.all() == []


async def test_a_damaged_file_among_the_recordings_stops_no_server(
    house: House, tmp_path: Path
) -> None:
    (tmp_path / "torn.json").write_text('{"id": "to')
    (tmp_path / "foreign.json").write_text('{"colour": "red"}')
    await Resumption(house.desk).take_over(Snapshot((), frozenset()), {}, {})


async def test_phones_found_ringing_for_nobody_are_hung_up(house: House) -> None:
    found = Snapshot((leg("leg-old-1", "1001", answered=False),), frozenset({"1001"}))
    await Resumption(house.desk).take_over(found, {}, {})
    await settle()
    assert house.telephony.ended == ["leg-old-1"]


async def test_a_call_ends_once_whoever_notices_first(house: House) -> None:
    resumption = Resumption(house.desk)
    found = Snapshot((caller("ch1", "c1", "waiting"), caller("ch2", "c2", "waiting")), frozenset())
    await resumption.take_over(found, {}, {"c1": [started("c1")], "c2": [started("c2")]})
    assert resumption.session_back("ch1")
    resumption.channel_gone("ch1")
    assert house.events.of(events.CallEnded) == []
    resumption.channel_gone("ch2")
    assert [event.call for event in house.events.of(events.CallEnded)] == ["c2"]
    assert not resumption.session_back("ch2")


def paused(at: float, reason: str) -> events.RecordingPaused:
    return events.RecordingPaused(at=at, call="c1", recording="r1", reason=reason)


def resumed(at: float) -> events.RecordingResumed:
    return events.RecordingResumed(at=at, call="c1", recording="r1", reason="agent")


@pytest.mark.parametrize(
    ("history", "private"),
    [
        ([paused(999_960.0, "agent")], True),
        ([paused(999_960.0, "agent"), resumed(999_970.0)], False),
        ([paused(999_940.0, "agent")], False),  # in the talk before
        ([paused(999_960.0, "sensitive")], False),
        ([], False),
    ],
)
async def test_a_talk_that_an_agent_made_private_stays_private(house, history, private) -> None:
    resumption = Resumption(house.desk)
    await resumption.take_over(
        TALK_SNAPSHOT,
        {"bob": changed("bob", AgentState.ON_CALL)},
        {"c1": [started("c1"), *history]},
    )
    assert house.desk.privacy.is_on("c1") is private
    assert house.telephony.muted == []  # Asterisk has kept it mute


async def test_a_pause_beyond_its_limit_ends_with_the_restart(house: House) -> None:
    house.clock.advance(400)
    await Resumption(house.desk).take_over(
        TALK_SNAPSHOT,
        {"bob": changed("bob", AgentState.ON_CALL)},
        {"c1": [started("c1"), paused(999_960.0, "agent")]},
    )
    async with asyncio.timeout(5):
        await house.desk.privacy.wait_over("c1")
    assert [one.reason for one in house.events.of(events.RecordingResumed)] == ["limit"]
    assert house.telephony.muted == [("ch1", False)]
