"""Call-backs: the place goes on without the caller, and comes back to life with the customer."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.acd.messages import Reprioritise, Resume, Tick
from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import CallId
from ivr.model.site import Callback, Relaxation
from ivr.ports import DialTarget, Memo, QueueRequest, QueueResult
from ivr.service.callback_history import Wish, is_called_back
from ivr.service.callbacks import Callbacks
from ivr.service.entering import relaxed_to
from ivr.service.legs import LegAnswered, LiveChannel, Snapshot
from ivr.service.places import Place
from ivr.service.queues import LineQueues
from ivr.service.resumption import Resumption
from tests.unit.service import fakes
from tests.unit.service.fakes import FakeLine, House, settle


class FakeCustomers:
    """Calls customers as the test says."""

    def __init__(self) -> None:
        self.called: list[tuple[str, str]] = []
        """(channel, number)"""
        self.kept: list[str] = []

    async def call(self, channel: str, target: DialTarget, *, number: str, **_: object) -> None:
        self.called.append((channel, number))

    async def keep_waiting(self, leg: str) -> None:
        self.kept.append(leg)


class Centre:
    """A house whose queue `sales` offers call-backs."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.customers = FakeCustomers()
        self.channels = 0
        self.callbacks = Callbacks(house.desk, self.customers, self._channel)

    def _channel(self) -> str:
        self.channels += 1
        return f"back-{self.channels}"

    def enters(self, call: str, number: str, *, entered_at: float | None = None) -> Place:
        now = self.house.clock.now()
        return self.house.dispatcher.enter(
            call,
            "sales",
            "sales >= 1",
            0,
            entered_at=now if entered_at is None else entered_at,
            wait_s_max=1000,
            caller=number,
            leave_if_empty=False,
            resumed=False,
        )

    def asks(self, call: str = "c1", number: str = "1001") -> bool:
        """A caller waits for ten seconds, asks to be called back, and hangs up."""
        place = self.enters(call, number)
        self.house.clock.advance(10)
        taken = self.callbacks.take(wish(self.house, place, number), place)
        self.callbacks.line_free(call)
        return taken

    def picks_up(self) -> FakeLine:
        channel, number = self.customers.called[-1]
        line = FakeLine("c1", channel)
        line.caller = number
        return line

    def of(self, kind: type) -> list:
        return self.house.events.of(kind)


def wish(house: House, place: Place, number: str) -> Wish:
    return Wish(
        call=place.call,
        queue="sales",
        number=number,
        skills="sales >= 1",
        priority=0,
        entered_at=place.entered_at,
        joined_at=place.entered_at,
        expires_at=house.clock.now() + 3600,
        flow="main",
        node="wait",
        variables="{}",
        dialled="600",
        started_at=place.entered_at - 5,
    )


@pytest.fixture(params=["agent"])
def first(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def centre(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> AsyncIterator[Centre]:
    terms = Callback(first=first, attempts_max=2, retry_after_s=60)  # type: ignore[arg-type]
    queues = dict(fakes.SITE.queues)
    queues["sales"] = queues["sales"].model_copy(update={"callback": terms})
    site = fakes.SITE.model_copy(update={"queues": queues})
    monkeypatch.setattr(fakes, "SITE", site)
    house = House(tmp_path)
    yield Centre(house)
    await house.close()


customer_first = pytest.mark.parametrize("first", ["customer"], indirect=True)


async def test_the_place_goes_on_and_nobody_has_abandoned(centre: Centre) -> None:
    assert centre.asks()
    (left,) = centre.of(events.QueueLeft)
    assert (left.outcome, left.wait_s) == (QueueOutcome.CALLBACK, 10)
    (asked,) = centre.of(events.QueueEntered)
    assert centre.house.engine.call("c1").entered_at == asked.entered_at
    assert centre.callbacks.pending() == {"sales": 1}
    assert centre.of(events.CallEnded) == []


async def test_agent_first_rings_the_agent_then_the_customer_then_joins(centre: Centre) -> None:
    centre.asks()
    centre.enters("c2", "1002")
    centre.house.log_in("bob")
    await settle()
    assert centre.house.telephony.rung == [("leg-1", "1002")]
    assert centre.customers.called == []

    centre.house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    assert centre.customers.kept == ["leg-1"]
    assert centre.customers.called == [("back-1", "1001")]
    assert centre.house.engine.agent("bob").state is not AgentState.ON_CALL

    line = centre.picks_up()
    line.keys.put_nowait("1")
    one = await centre.callbacks.ask(line, "c1")
    assert one is not None
    await settle()
    assert centre.house.engine.agent("bob").state is AgentState.ON_CALL
    (attempt,) = centre.of(events.CallbackAttempted)
    assert (attempt.outcome, attempt.attempt, attempt.agent) == ("confirmed", 1, "bob")
    (ended,) = centre.of(events.CallbackEnded)
    assert (ended.result, ended.wait_s) == ("completed", 10)
    assert centre.of(events.CallEnded) == []
    assert centre.callbacks.pending() == {}


async def test_an_answering_machine_costs_the_agent_nothing(centre: Centre) -> None:
    centre.asks()
    behind = centre.enters("c2", "1002")
    centre.house.log_in("bob")
    await settle()
    centre.house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    assert await centre.callbacks.ask(centre.picks_up(), "c1") is None
    await settle()
    (attempt,) = centre.of(events.CallbackAttempted)
    assert attempt.outcome == "unconfirmed"
    assert centre.house.telephony.rung[-1] == ("leg-2", "1002")
    assert {"leg-1", "back-1"} <= set(centre.house.telephony.ended)
    assert [offer.call for offer in centre.house.dispatcher.offers()] == [behind.call]
    assert [event.outcome for event in centre.of(events.OfferEnded)] == [OfferOutcome.CANCELLED]
    assert centre.house.engine.call("c1").entered_at == 1_000_000.0
    assert centre.callbacks.pending() == {"sales": 1}


async def test_a_call_enters_once_and_leaves_once_however_often_its_customer_is_called(
    centre: Centre,
) -> None:
    centre.asks()
    centre.house.log_in("bob")
    await settle()
    centre.house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    centre.callbacks.leg_failed("back-1", OfferOutcome.BUSY)
    await settle()
    centre.house.clock.advance(61)
    centre.house.dispatcher.refresh_device("1002")
    await settle()
    centre.house.dispatcher.on_leg_event(LegAnswered("leg-2"))
    await settle()
    line = centre.picks_up()
    line.keys.put_nowait("1")
    one = await centre.callbacks.ask(line, "c1")
    served = asyncio.create_task(serve(centre, line, one))
    await line.log.reaches(1)
    await settle()
    line.agent_left.set()
    await served

    assert len(centre.of(events.QueueEntered)) == 1
    (left,) = centre.of(events.QueueLeft)
    assert (left.outcome, left.wait_s) == (QueueOutcome.CALLBACK, 10)
    assert [one.outcome for one in centre.of(events.CallbackAttempted)] == ["busy", "confirmed"]
    assert len(centre.of(events.ConversationStarted)) == 1
    (ended,) = centre.of(events.CallbackEnded)
    assert (ended.result, ended.attempts, ended.wait_s) == ("completed", 2, 71)


async def test_a_failed_order_ends_the_attempt_only_where_no_channel_tells_why(
    centre: Centre,
) -> None:
    centre.asks()
    centre.house.log_in("bob")
    await settle()
    centre.house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    centre.callbacks.leg_started("back-1")
    centre.callbacks.order_failed("back-1")
    await settle()
    assert centre.of(events.CallbackAttempted) == []
    centre.callbacks.leg_failed("back-1", OfferOutcome.BUSY)
    await settle()
    centre.house.clock.advance(61)
    centre.house.dispatcher.refresh_device("1002")
    await settle()
    centre.house.dispatcher.on_leg_event(LegAnswered("leg-2"))
    await settle()
    centre.callbacks.order_failed("back-2")
    await settle()
    assert [one.outcome for one in centre.of(events.CallbackAttempted)] == ["busy", "failed"]


async def test_after_the_last_attempt_the_call_is_over(centre: Centre) -> None:
    centre.asks()
    for busy in ("back-1", "back-2"):
        centre.house.log_in("bob")
        centre.house.clock.advance(61)
        centre.house.dispatcher.refresh_device("1002")
        await settle()
        centre.house.dispatcher.on_leg_event(LegAnswered(centre.house.telephony.rung[-1][0]))
        await settle()
        centre.callbacks.leg_failed(busy, OfferOutcome.BUSY)
        await settle()
    assert [one.outcome for one in centre.of(events.CallbackAttempted)] == ["busy", "busy"]
    (ended,) = centre.of(events.CallbackEnded)
    assert (ended.result, ended.attempts) == ("unreachable", 2)
    (over,) = centre.of(events.CallEnded)
    assert (over.call, over.result) == ("c1", "hangup")


async def test_who_declines_is_not_called_again(centre: Centre) -> None:
    centre.asks()
    centre.house.log_in("bob")
    await settle()
    centre.house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    line = centre.picks_up()
    line.keys.put_nowait("2")
    assert await centre.callbacks.ask(line, "c1") is None
    await settle()
    (ended,) = centre.of(events.CallbackEnded)
    assert ended.result == "declined"
    assert centre.house.engine.agent("bob").state is AgentState.AVAILABLE
    assert centre.callbacks.pending() == {}


@customer_first
async def test_customer_first_rings_nobody_before_the_customer_confirms(centre: Centre) -> None:
    centre.asks()
    centre.house.log_in("bob")
    await settle()
    assert centre.house.telephony.rung == []
    assert centre.customers.called == [("back-1", "1001")]
    assert centre.house.engine.agent("bob").state is AgentState.RESERVED
    line = centre.picks_up()
    line.keys.put_nowait("1")
    one = await centre.callbacks.ask(line, "c1")
    await settle()
    assert centre.house.telephony.rung == [("leg-1", "1002")]

    served = asyncio.create_task(serve(centre, line, one))
    await settle()
    assert "music default" in line.log
    centre.house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    assert line.log[-1] == "join leg-1"
    line.agent_left.set()
    assert await served == QueueResult(QueueOutcome.ANSWERED)


async def test_an_ordered_priority_holds_for_the_call_back_and_its_attempts(centre: Centre) -> None:
    line, house = FakeLine(), centre.house
    memo = Memo("c1", "serving", "main", "wait")
    queues = LineQueues(house.desk, line, lambda: memo, None, lambda: None, centre.callbacks)
    served = asyncio.create_task(queues.serve(line, QueueRequest("sales", away_keys="1")))
    await settle()
    house.dispatcher.feed(Reprioritise(CallId("c1"), 5))
    line.keys.put_nowait("1")
    await served
    assert await queues.call_back("1001")
    (asked,) = centre.of(events.CallbackRequested)
    assert (asked.priority, house.engine.call("c1").priority) == (5, 5)
    house.dispatcher.feed(Reprioritise(CallId("c1"), 7))
    centre.callbacks.line_free("c1")
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    centre.callbacks.leg_failed("back-1", OfferOutcome.BUSY)
    await settle()
    assert len(centre.of(events.CallbackAttempted)) == 1
    assert house.engine.call("c1").priority == 7


async def test_a_queue_that_offers_none_since_a_reload_keeps_the_caller_in_line(
    centre: Centre,
) -> None:
    line, desk = FakeLine(), centre.house.desk
    queues = LineQueues(
        desk,
        line,
        lambda: Memo(line.id, "serving", "main", "wait"),
        None,
        lambda: None,
        centre.callbacks,
    )
    served = asyncio.create_task(queues.serve(line, QueueRequest("sales", away_keys="1")))
    await settle()
    line.keys.put_nowait("1")
    await served
    without = desk.site.queues["sales"].model_copy(update={"callback": None})
    desk.site = desk.site.model_copy(update={"queues": {**desk.site.queues, "sales": without}})
    assert not await queues.call_back("1001")
    assert centre.house.engine.is_waiting("c1")


async def serve(centre: Centre, line: FakeLine, one: object) -> object:
    queues = LineQueues(
        centre.house.desk,
        line,
        lambda: Memo(line.id, "serving", "main", "wait"),
        None,
        lambda: None,
        centre.callbacks,
        one,  # type: ignore[arg-type]
    )
    return await queues.serve(line, QueueRequest("sales"))


@customer_first
async def test_who_hangs_up_after_confirming_leaves_nothing_behind(centre: Centre) -> None:
    centre.asks()
    centre.house.log_in("bob")
    await settle()
    line = centre.picks_up()
    line.keys.put_nowait("1")
    one = await centre.callbacks.ask(line, "c1")
    served = asyncio.create_task(serve(centre, line, one))
    await settle()
    line.hung_up.set()
    await asyncio.wait({served})
    await settle()
    assert served.exception() is not None
    assert [left.outcome for left in centre.of(events.QueueLeft)] == [QueueOutcome.CALLBACK]
    (ended,) = centre.of(events.CallbackEnded)
    assert ended.result == "cancelled"
    assert centre.house.engine.agent("bob").state is AgentState.AVAILABLE


async def test_a_number_stands_in_a_line_once_at_the_earlier_place(centre: Centre) -> None:
    assert centre.asks("c1")
    assert not centre.asks("c2")
    assert centre.callbacks.pending() == {"sales": 1}
    assert [event.call for event in centre.of(events.CallbackRequested)] == ["c1"]
    assert not centre.house.engine.is_waiting("c2")


async def test_a_wish_not_fulfilled_in_time_expires(centre: Centre) -> None:
    centre.asks()
    centre.house.clock.advance(3601)
    centre.house.dispatcher.refresh_device("1002")
    await settle()
    (ended,) = centre.of(events.CallbackEnded)
    assert ended.result == "expired"
    assert len(centre.of(events.CallEnded)) == 1


async def test_after_a_restart_the_place_is_there_and_the_phone_is_rung_once(
    centre: Centre,
) -> None:
    started = events.CallStarted(
        at=999_000.0, call="c1", caller="1001", caller_name="", dialled="600", flow="m", channel="x"
    )
    entered = events.QueueEntered(
        at=999_100.0, call="c1", queue="sales", skills="", priority=0, entered_at=999_050.0
    )
    asked = events.CallbackRequested(
        at=999_200.0,
        call="c1",
        queue="sales",
        number="1001",
        skills="sales >= 1",
        priority=0,
        entered_at=999_050.0,
        expires_at=1_009_000.0,
        flow="main",
        node="wait",
        variables=json.dumps({"order": "7"}),
    )
    ringing = LiveChannel("back-old", "1001", False, False, None, is_customer=True)
    snapshot, rest = await centre.callbacks.take_over(
        Snapshot((ringing,), frozenset()), {"c1": [started, entered, asked], "c9": [started]}
    )
    assert centre.house.telephony.ended == ["back-old"]
    assert (snapshot.channels, list(rest)) == ((), ["c9"])
    assert centre.of(events.QueueEntered) == []
    assert centre.house.engine.call("c1").entered_at == 999_050.0
    assert centre.callbacks.pending() == {"sales": 1}


CONFIRMED = [
    events.CallStarted(
        at=999_000.0, call="c1", caller="1001", caller_name="", dialled="600", flow="m", channel="x"
    ),
    events.QueueEntered(
        at=999_100.0, call="c1", queue="sales", skills="", priority=0, entered_at=999_100.0
    ),
    events.QueueLeft(
        at=999_200.0, call="c1", queue="sales", outcome=QueueOutcome.CALLBACK, wait_s=100.0
    ),
    events.CallbackRequested(
        at=999_200.0,
        call="c1",
        queue="sales",
        number="1001",
        skills="sales >= 1",
        priority=0,
        entered_at=999_100.0,
        expires_at=1_009_000.0,
        flow="main",
        node="wait",
        variables="{}",
    ),
    events.CallbackAttempted(
        at=999_300.0, call="c1", queue="sales", attempt=1, agent="bob", outcome="confirmed"
    ),
]


async def test_a_talk_with_a_called_back_customer_found_after_a_restart_counts_as_active(
    centre: Centre,
) -> None:
    memo = Memo(
        "c1", "talking", "main", "wait", "sales", agent="bob", leg="leg-9", talking_since=999_310.0
    )
    snapshot = Snapshot(
        (
            LiveChannel("back-old", "1001", True, False, memo, is_customer=True),
            LiveChannel("leg-9", "1002", True, True, None),
        ),
        frozenset({"1001", "1002"}),
    )
    snapshot, calls = await centre.callbacks.take_over(snapshot, {"c1": CONFIRMED})
    fed = []
    feed = centre.house.dispatcher.feed
    centre.house.dispatcher.feed = lambda message: (fed.append(message), feed(message))  # type: ignore[method-assign]
    logged_in = events.AgentChanged(
        at=1.0,
        agent="bob",
        before=AgentState.LOGGED_OUT,
        after=AgentState.AVAILABLE,
        reason="",
        seconds=0.0,
    )
    await Resumption(centre.house.desk).take_over(snapshot, {"bob": logged_in}, calls)
    (resumed,) = [one for one in fed if isinstance(one, Resume)]
    assert (resumed.call, resumed.agent, resumed.queue) == ("c1", "bob", "sales")
    assert resumed.callback
    (ended,) = centre.of(events.CallbackEnded)
    assert ended.result == "completed"
    assert centre.of(events.QueueEntered) == centre.of(events.QueueLeft) == []
    assert centre.callbacks.pending() == {}
    assert centre.house.telephony.ended == []


def test_who_stands_in_another_line_after_the_talk_is_a_caller_like_any_other() -> None:
    assert is_called_back(CONFIRMED)
    over = events.ConversationEnded(
        at=999_400.0,
        call="c1",
        queue="sales",
        agent="bob",
        talk_s=90.0,
        hold_s=0.0,
        ended_by="agent",
    )
    assert not is_called_back([*CONFIRMED, over])


RELAXING = [Relaxation(after=5, add="support >= 1"), Relaxation(after=30, drop=["sales"])]


async def test_a_relaxation_step_is_on_record_once_however_often_the_place_is_taken_up(
    centre: Centre, tmp_path: Path
) -> None:
    sales = fakes.SITE.queues["sales"].model_copy(update={"relax": RELAXING})
    site = fakes.SITE.model_copy(update={"queues": {**fakes.SITE.queues, "sales": sales}})
    centre.house.desk.site = site
    centre.house.dispatcher.reconfigure(site, site)

    def steps() -> list[int]:
        return [one.step for one in centre.of(events.QueueRelaxed)]

    place = centre.enters("c1", "1001")
    centre.house.clock.advance(10)
    centre.house.dispatcher.feed(Tick())
    assert steps() == [1]
    centre.callbacks.take(wish(centre.house, place, "1001"), place)
    assert steps() == [1]

    again = Centre(House(tmp_path))
    again.house.dispatcher.reconfigure(site, site)
    again.house.clock.advance(35)
    again.house.dispatcher.learn_places({"c1": list(centre.house.events)})
    again.enters("c1", "1001", entered_at=place.entered_at)
    assert [one.step for one in again.of(events.QueueRelaxed)] == [2]
    await again.house.close()


def test_steps_taken_in_another_line_are_not_those_of_this_one() -> None:
    entered = events.QueueEntered(
        at=1.0, call="c1", queue="sales", skills="", priority=0, entered_at=1.0
    )
    relaxed = events.QueueRelaxed(at=2.0, call="c1", queue="sales", step=2, skills="")
    assert relaxed_to([entered, relaxed]) == ("sales", 2)
    assert relaxed_to([entered, relaxed, replace(entered, at=3.0, resumed=True)]) == ("sales", 2)
    assert relaxed_to([entered, relaxed, replace(entered, at=3.0)]) is None
