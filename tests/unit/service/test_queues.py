"""A caller waits, is matched, talks, leaves; in every order these can happen."""

import asyncio
from pathlib import Path

import pytest

from ivr.acd.messages import Pause, Tick
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.errors import CallerGoneError, TelephonyError
from ivr.model.events import (
    ConversationEnded,
    ConversationStarted,
    OfferEnded,
    QueueEntered,
    QueueLeft,
    RecordingFinished,
)
from ivr.model.ids import AgentId
from ivr.ports import Memo, QueueRequest, QueueResult
from ivr.service.legs import LegAnswered, LegFailed, LegRinging
from ivr.service.offering import RETRY_S
from ivr.service.queues import LineQueues
from tests.unit.service.fakes import FakeLine, House, settle


def stand_in_line(
    house: House, line: FakeLine, request: QueueRequest, resumed: Memo | None = None
) -> asyncio.Task[QueueResult]:
    queues = LineQueues(
        house.desk, line, lambda: Memo(line.id, "serving", "main", "wait"), resumed, lambda: None
    )
    return asyncio.create_task(queues.serve(line, request))


class LeavesAtTheEndOfMusic(FakeLine):
    """A caller who hangs up once nothing is heard any more."""

    async def stop_music(self) -> None:
        self.hung_up.set()
        await super().stop_music()


async def test_waits_with_music_and_talks_to_the_agent_who_answers(house: House) -> None:
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    await settle()
    assert line.log == ["music default"]
    assert house.telephony.rung == []

    house.log_in("bob")
    await settle()
    assert house.telephony.rung == [("leg-1", "1002")]

    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    assert line.log == ["music default", "quiet", "record", "join leg-1"]
    assert [memo.state for memo in line.memos] == ["waiting", "talking"]

    house.clock.advance(30)
    line.agent_left.set()
    assert await served == QueueResult(QueueOutcome.ANSWERED)
    (ended,) = house.events.of(ConversationEnded)
    assert (ended.talk_s, ended.ended_by) == (30, "agent")
    assert house.engine.agent("bob").state is AgentState.AVAILABLE


async def test_a_caller_who_hangs_up_while_waiting_leaves_nothing_behind(house: House) -> None:
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.clock.advance(7)
    line.hung_up.set()
    with pytest.raises(CallerGoneError):
        await served
    await settle()
    (left,) = house.events.of(QueueLeft)
    assert (left.outcome, left.wait_s) == (QueueOutcome.ABANDONED, 7)
    (offer,) = house.events.of(OfferEnded)
    assert offer.outcome is OfferOutcome.CANCELLED
    assert house.telephony.ended == ["leg-1"]
    assert house.engine.agent("bob").state is AgentState.AVAILABLE


async def test_hanging_up_in_the_instant_of_the_answer_frees_the_agent(house: House) -> None:
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    line.hung_up.set()
    with pytest.raises(CallerGoneError):
        await served
    await settle()
    assert house.engine.agent("bob").state is AgentState.AVAILABLE
    assert house.telephony.ended == ["leg-1"]


async def test_a_caller_who_hangs_up_while_talking_sends_the_agent_on(house: House) -> None:
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    house.clock.advance(1)
    line.hung_up.set()
    with pytest.raises(CallerGoneError):
        await served
    await settle()
    (ended,) = house.events.of(ConversationEnded)
    assert ended.ended_by == "caller"
    assert house.engine.agent("bob").state is AgentState.AVAILABLE


async def test_an_agent_lost_in_the_instant_of_joining_costs_the_caller_no_place(
    house: House,
) -> None:
    line = FakeLine()
    line.leg_there = False
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.clock.advance(9)
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    again = house.events.of(QueueEntered)[1]
    assert again.entered_at == 1_000_000.0
    assert house.telephony.rung == [("leg-1", "1002"), ("leg-2", "1002")]
    served.cancel()


async def test_an_agent_who_does_not_answer_is_paused_and_the_next_one_rung(house: House) -> None:
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    await settle()
    house.log_in("bob", "ada")
    await settle()
    first = house.telephony.rung[0]
    house.dispatcher.on_leg_event(LegFailed(first[0], OfferOutcome.NO_ANSWER))
    await settle()
    assert [extension for _, extension in house.telephony.rung] == ["1002", "1001"]
    assert house.engine.agent("bob").state is AgentState.PAUSED
    assert house.engine.agent("bob").reason == "rona"
    assert line.log == ["music default"]
    served.cancel()


async def test_an_exit_key_leaves_the_line_and_other_keys_do_not(house: House) -> None:
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales", exit_keys="*"))
    await settle()
    line.keys.put_nowait("5")
    await settle()
    assert not served.done()
    line.keys.put_nowait("*")
    assert await served == QueueResult(QueueOutcome.EXIT_KEY, "*")
    (left,) = house.events.of(QueueLeft)
    assert left.outcome is QueueOutcome.EXIT_KEY


async def test_hanging_up_on_the_way_out_of_line_gives_the_place_up(house: House) -> None:
    line = LeavesAtTheEndOfMusic()
    queues = LineQueues(
        house.desk, line, lambda: Memo(line.id, "serving", "main", "wait"), None, lambda: None
    )
    served = asyncio.create_task(queues.serve(line, QueueRequest("sales", away_keys="1")))
    await settle()
    line.keys.put_nowait("1")
    with pytest.raises(CallerGoneError):
        await served
    queues.close()
    assert house.engine.calls() == []


async def test_asterisk_out_of_reach_ends_the_offer_and_keeps_the_caller(house: House) -> None:
    house.telephony.down = True
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    (offer,) = house.events.of(OfferEnded)
    assert offer.outcome is OfferOutcome.CANCELLED
    assert house.engine.is_waiting("c1")
    served.cancel()


async def test_a_place_found_after_a_restart_keeps_its_time_of_entry(house: House) -> None:
    memo = Memo("c1", "waiting", "main", "wait", queue="sales", entered_at=999_900.0)
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"), memo)
    await settle()
    (entered,) = house.events.of(QueueEntered)
    assert (entered.entered_at, entered.resumed) == (999_900.0, True)
    assert [(memo.state, memo.entered_at) for memo in line.memos] == [("waiting", 999_900.0)]
    served.cancel()


async def test_a_stopped_server_ends_no_conversation(house: House) -> None:
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    served.cancel()
    await settle()
    assert len(house.events.of(ConversationStarted)) == 1
    assert house.events.of(ConversationEnded) == []
    assert house.telephony.ended == []


async def test_a_recording_is_finished_and_measured(house: House) -> None:
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    house.clock.advance(1.0)
    line.agent_left.set()
    await served
    await house.tasks.wait()
    (finished,) = house.events.of(RecordingFinished)
    assert (finished.result, finished.seconds) == ("ok", 1.0)


@pytest.mark.parametrize("logged_in", [(), ("eve",)])
async def test_nobody_able_logged_in_sends_a_caller_on_who_asked_for_that(
    house: House, logged_in: tuple[str, ...]
) -> None:
    house.log_in(*logged_in)
    served = stand_in_line(house, FakeLine(), QueueRequest("sales", leave_if_empty=True))
    assert await served == QueueResult(QueueOutcome.EMPTY)
    (left,) = house.events.of(QueueLeft)
    assert left.outcome is QueueOutcome.EMPTY


async def test_an_agent_on_a_pause_is_worth_waiting_for(house: House) -> None:
    house.log_in("bob")
    house.dispatcher.feed(Pause(AgentId("bob"), "lunch"))
    served = stand_in_line(house, FakeLine(), QueueRequest("sales", leave_if_empty=True))
    await settle()
    assert not served.done()
    served.cancel()


async def test_a_failure_while_joining_frees_the_agent(house: House) -> None:
    line = FakeLine()
    line.breaks_at = "talking"
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    with pytest.raises(TelephonyError):
        await served
    await settle()
    assert house.engine.agent("bob").state is AgentState.AVAILABLE
    assert house.telephony.ended == ["leg-1"]
    assert house.desk.conversations.all() == []


async def test_a_failure_while_waiting_leaves_no_ghost_in_line(house: House) -> None:
    line = FakeLine()
    line.breaks_at = "waiting"
    with pytest.raises(TelephonyError):
        await stand_in_line(house, line, QueueRequest("sales"))
    assert not house.engine.is_waiting("c1")


async def test_a_disk_that_takes_no_recording_costs_no_call(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, *_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    assert line.log[-1] == "join leg-1"
    assert [event.result for event in house.events.of(RecordingFinished)] == ["missing"]
    line.agent_left.set()
    await served


async def test_an_answer_reported_twice_cuts_no_conversation(house: House) -> None:
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    for _ in range(2):
        house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    assert house.telephony.ended == []
    served.cancel()


async def test_a_phone_that_begins_to_ring_for_nobody_is_hung_up(house: House) -> None:
    line = FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    line.hung_up.set()
    with pytest.raises(CallerGoneError):
        await served
    await settle()
    house.telephony.ended.clear()  # that order came before there was a channel
    house.dispatcher.on_leg_event(LegRinging("leg-1"))
    await settle()
    assert house.telephony.ended == ["leg-1"]


async def test_asterisk_out_of_reach_for_a_moment_benches_nobody(house: House) -> None:
    house.telephony.down = True
    served = stand_in_line(house, FakeLine(), QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.telephony.down = False
    house.clock.advance(RETRY_S)
    house.dispatcher.feed(Tick())
    await settle()
    assert [extension for _, extension in house.telephony.rung] == ["1002"]
    served.cancel()


async def test_a_server_that_ends_lets_no_phone_ring_on(house: House) -> None:
    served = stand_in_line(house, FakeLine(), QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    await house.dispatcher.drop_offers()
    assert house.telephony.ended == ["leg-1"]
    served.cancel()
