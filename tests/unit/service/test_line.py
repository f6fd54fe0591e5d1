"""What is heard in line: none of it is waited for, and whoever is away keeps the place."""

import asyncio
from dataclasses import replace

import pytest

from ivr.acd.estimate import Estimate
from ivr.acd.messages import Tick
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.events import (
    EstimateAnnounced,
    EstimateSettled,
    OfferEnded,
    QueueEntered,
    QueueLeft,
)
from ivr.ports import (
    Announcement,
    Away,
    Briefing,
    Memo,
    QueueRequest,
    QueueResult,
    Spoken,
)
from ivr.service.legs import (
    LegAnswered,
    LegFailed,
    LegGone,
    LegReady,
    LiveChannel,
    Snapshot,
)
from ivr.service.queues import LineQueues
from ivr.service.resumption import Resumption
from tests.unit.service.fakes import SITE, FakeLine, House, settle

PROMPT = QueueRequest("sales", prompt=(Spoken("Hold."),))
SELF_SERVICE = QueueRequest("sales", away_keys="7", exit_keys="*")


def queues_of(house: House, line: FakeLine) -> LineQueues:
    return LineQueues(
        house.desk, line, lambda: Memo(line.id, "serving", "main", "wait"), None, lambda: None
    )


def stand_in_line(
    house: House, line: FakeLine, request: QueueRequest
) -> asyncio.Task[QueueResult | Away]:
    return asyncio.create_task(queues_of(house, line).serve(line, request))


async def test_the_prompt_plays_in_line_and_a_match_cuts_it(house: House) -> None:
    line = FakeLine()
    line.played_out.clear()
    served = stand_in_line(house, line, PROMPT)
    await settle()
    assert house.engine.is_waiting("c1")
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    assert line.log == ["play Hold.", "cut", "quiet", "record", "join leg-1"]
    served.cancel()


async def test_an_exit_key_cuts_the_prompt(house: House) -> None:
    line = FakeLine()
    line.played_out.clear()
    served = stand_in_line(house, line, replace(PROMPT, exit_keys="*"))
    await settle()
    line.keys.put_nowait("*")
    assert await served == QueueResult(QueueOutcome.EXIT_KEY, "*")
    assert line.log == ["play Hold.", "cut", "quiet"]


async def test_music_begins_again_after_each_announcement(house: House) -> None:
    line = FakeLine()
    told = Announcement(0.01, audio=(Spoken("Still there."),))
    served = stand_in_line(house, line, replace(PROMPT, announcements=(told,)))
    await line.log.reaches(4)
    assert line.log == ["play Hold.", "music default", "play Still there.", "music default"]
    served.cancel()


async def test_the_place_in_line_is_told(house: House) -> None:
    first, second = FakeLine("c1", "ch1"), FakeLine("c2", "ch2")
    request = QueueRequest("sales", announcements=(Announcement(0.01, tells="position"),))
    waits = [stand_in_line(house, first, request), stand_in_line(house, second, request)]
    await asyncio.gather(first.log.reaches(3), second.log.reaches(3))
    assert first.log[1] == "play You are the next caller."
    assert second.log[1] == "play You are number 2 in line."
    for one in waits:
        one.cancel()


async def test_an_estimate_is_told_never_raised_and_settled(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimates = [Estimate(1, 70, 290), Estimate(1, 70, 1000), None, Estimate(1, 10, 50)]
    monkeypatch.setattr(house.dispatcher, "estimate", lambda _call: estimates.pop(0))
    line = FakeLine()
    told = tuple(Announcement(0.01 * n, tells="estimate") for n in range(1, 5))
    served = stand_in_line(house, line, QueueRequest("sales", announcements=told))
    await line.log.reaches(5)
    assert [one for one in line.log if one.startswith("play")] == [
        "play We expect to answer your call in between 1 and 5 minutes.",
        "play We expect to answer your call in less than one minute.",
    ]
    assert [event.high_s for event in house.events.of(EstimateAnnounced)] == [300, 60]
    assert line.memos[-1].promised_s == 60
    house.clock.advance(100)
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    (settled,) = house.events.of(EstimateSettled)
    assert settled.announced_s == 180
    assert settled.waited_s == pytest.approx(100, abs=1)
    served.cancel()


async def test_who_goes_away_keeps_the_place_and_is_called_back(house: House) -> None:
    line = FakeLine()
    queues = queues_of(house, line)
    serving = asyncio.create_task(queues.serve(line, SELF_SERVICE))
    await settle()
    line.keys.put_nowait("7")
    assert await serving == Away("7")
    assert house.engine.is_waiting("c1")
    await queues.remember()
    assert line.memos[-1].state == "waiting", "a restart finds them in line"

    called = asyncio.create_task(queues.called_back())
    house.log_in("bob")
    await settle()
    assert not called.done(), "the phone only rings"
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    assert called.done()
    again = asyncio.create_task(queues.serve(line, SELF_SERVICE))
    await settle()
    assert line.log[-1] == "join leg-1"
    assert len(house.events.of(QueueEntered)) == 1
    again.cancel()


async def test_hanging_up_while_away_is_abandoning(house: House) -> None:
    line = FakeLine()
    queues = queues_of(house, line)
    serving = asyncio.create_task(queues.serve(line, SELF_SERVICE))
    await settle()
    line.keys.put_nowait("7")
    await serving
    queues.close()
    (left,) = house.events.of(QueueLeft)
    assert left.outcome is QueueOutcome.ABANDONED


@pytest.mark.parametrize(("keep", "kept", "since_s"), [(True, "overflow", 0), (False, "", 40)])
async def test_who_waited_too_long_takes_the_time_along_to_the_next_queue(
    house: House, keep: bool, kept: str, since_s: float
) -> None:
    line = FakeLine()
    queues = queues_of(house, line)
    first = asyncio.create_task(queues.serve(line, QueueRequest("sales", wait_s_max=40)))
    await settle()
    house.clock.advance(40)
    house.dispatcher.feed(Tick())
    assert await first == QueueResult(QueueOutcome.TIMEOUT)
    second = asyncio.create_task(
        queues.serve(line, QueueRequest("support", wait_s_max=30, keep_place=keep))
    )
    await settle()
    entered = house.events.of(QueueEntered)[1]
    assert (entered.entered_at, entered.kept) == (1_000_000 + since_s, kept)
    house.clock.advance(29)
    house.dispatcher.feed(Tick())
    await settle()
    assert not second.done(), "the limit counts from joining this queue"
    house.clock.advance(1)
    house.dispatcher.feed(Tick())
    assert await second == QueueResult(QueueOutcome.TIMEOUT)


# --- the briefing of the agent


@pytest.fixture
def briefed(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    asks = SITE.queues["sales"].model_copy(update={"whisper": True, "accept_key": "5"})
    monkeypatch.setitem(SITE.queues, "sales", asks)
    return house


async def test_an_agent_is_told_and_joined_only_when_ready(briefed: House) -> None:
    house, line = briefed, FakeLine()
    served = stand_in_line(house, line, QueueRequest("sales"))
    await settle()
    house.clock.advance(130)
    house.log_in("bob")
    await settle()
    assert house.telephony.briefings == [
        Briefing(
            tuple(
                Spoken(text, "en")
                for text in ("Sales", "Waited 2 minutes.", "To take the call, press 5.")
            ),
            "5",
        )
    ]
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    assert line.log == ["music default"], "picking up is not yet taking the call"
    house.dispatcher.on_leg_event(LegReady("leg-1"))
    await settle()
    assert line.log[-1] == "join leg-1"
    served.cancel()


@pytest.mark.parametrize(
    "end", [LegFailed("leg-1", OfferOutcome.REJECTED), LegGone("leg-1")], ids=["no key", "hung up"]
)
async def test_who_does_not_take_the_call_has_rejected_it(
    briefed: House, end: LegFailed | LegGone
) -> None:
    house = briefed
    served = stand_in_line(house, FakeLine(), QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    house.dispatcher.on_leg_event(end)
    await settle()
    (offer,) = house.events.of(OfferEnded)
    assert offer.outcome is OfferOutcome.REJECTED
    assert house.engine.agent("bob").state is AgentState.PAUSED
    assert house.engine.is_waiting("c1")
    served.cancel()


async def test_a_briefing_whose_end_was_missed_costs_nobody_anything(briefed: House) -> None:
    """The link to Asterisk was lost meanwhile: the same offer is made once more."""
    house = briefed
    served = stand_in_line(house, FakeLine(), QueueRequest("sales"))
    house.log_in("bob")
    await settle()
    house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    leg = LiveChannel("leg-1", "1002", answered=True, is_leg=True)
    Resumption(house.desk).reconcile(Snapshot((leg,), frozenset({"1002"})))
    await settle()
    (offer,) = house.events.of(OfferEnded)
    assert offer.outcome is OfferOutcome.CANCELLED
    assert house.engine.agent("bob").state is not AgentState.PAUSED
    assert house.telephony.rung == [("leg-1", "1002"), ("leg-2", "1002")]
    served.cancel()
