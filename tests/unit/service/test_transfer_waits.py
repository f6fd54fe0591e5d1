"""A caller sent to an agent who is busy waits for them, and keeps the place."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ivr.acd.messages import Pause, Tick
from ivr.model import events
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId
from ivr.ports import Memo
from tests.unit.service import fakes
from tests.unit.service.fakes import House, settle
from tests.unit.service.test_transfers import Scene


@pytest.fixture
async def scene(house: House) -> AsyncIterator[Scene]:
    """Bob has the caller from `sales`; Ada talks to somebody from `support`."""
    scene = Scene(house)
    house.log_in("bob")
    await scene.begin()
    await scene.answered()
    await busy(scene)
    yield scene
    for task in (scene.served, *scene.features):
        task.cancel()
    await asyncio.gather(scene.served, *scene.features, return_exceptions=True)


async def busy(scene: Scene) -> None:
    """Ada talks."""
    scene.house.log_in("ada")
    now = scene.house.clock.now()
    scene.house.dispatcher.enter(
        "other",
        "support",
        "support >= 1",
        0,
        entered_at=now,
        wait_s_max=100,
        caller="",
        leave_if_empty=False,
        resumed=False,
    )
    await settle()
    await scene.answered()
    assert scene.state("ada") is AgentState.ON_CALL


async def freed(scene: Scene) -> None:
    scene.house.dispatcher.conversation_over("other", wrap_up=False)
    await settle()


async def test_the_caller_waits_for_the_agent_alone_at_the_same_place(scene: Scene) -> None:
    since = scene.house.events.of(events.QueueEntered)[0].entered_at
    scene.house.clock.advance(30)
    feature = await scene.dials("bob", "*21001")
    assert "Your caller waits for them" in feature.log[-2]
    assert scene.state("bob") is AgentState.AVAILABLE
    entered = scene.last(events.QueueEntered)
    assert (entered.queue, entered.entered_at, entered.kept, entered.wanted) == (
        "sales",
        since,
        "transfer",
        "ada",
    )
    engine = scene.house.engine
    assert engine.why_not("bob", "c1") == "the call waits for ada alone"
    await freed(scene)
    assert scene.rung()[-1] == "1001"
    await scene.answered()
    started = scene.last(events.ConversationStarted)
    assert (started.agent, started.queue) == ("ada", "sales")
    assert scene.last(events.OfferMade).reason == "the call was sent to this agent"


async def test_when_the_patience_ends_the_caller_is_the_queues_again(scene: Scene) -> None:
    await scene.dials("bob", "*21001")
    rung = len(scene.rung())
    scene.house.clock.advance(59)
    scene.house.dispatcher.feed(Tick())
    assert len(scene.rung()) == rung
    scene.house.clock.advance(1)
    scene.house.dispatcher.feed(Tick())
    await settle()
    assert scene.rung()[rung:] == ["1002"]


async def test_a_pause_of_the_agent_opens_the_field_at_once(scene: Scene) -> None:
    await scene.dials("bob", "*21001")
    scene.house.dispatcher.feed(Pause(AgentId("ada"), "lunch"))
    await freed(scene)
    assert scene.rung()[-1] == "1002"


async def test_nobody_waits_for_somebody_who_is_paused(scene: Scene) -> None:
    scene.house.dispatcher.feed(Pause(AgentId("ada"), "lunch"))
    await freed(scene)
    feature = await scene.dials("bob", "*21001")
    assert "not free" in feature.log[-2]
    assert scene.house.desk.conversations.of_agent("bob") is not None


async def test_who_is_busy_cannot_be_consulted(scene: Scene) -> None:
    feature = await scene.dials("bob", "*31001")
    assert "not free" in feature.log[-2]


@pytest.mark.parametrize(
    "memo",
    [
        Memo("c1", "transferring", "main", "line", "sales", 5.0, to="1001", agent="bob"),
        Memo("c1", "waiting", "main", "line", "sales", 5.0, 999_990.0, to="sales", agent="ada"),
    ],
    ids=["sent by a phone's button or before a restart", "in line before a restart"],
)
async def test_a_caller_who_comes_back_waits_for_the_agent(house: House, memo: Memo) -> None:
    scene = Scene(house)
    await busy(scene)
    house.log_in("bob")
    await scene.begin(memo)
    assert scene.rung() == ["1001"]
    entered = scene.last(events.QueueEntered)
    assert (entered.entered_at, entered.kept, entered.wanted) == (5.0, "transfer", "ada")
    kept = scene.line.memos[-1]
    assert (kept.state, kept.agent, kept.to) == ("waiting", "ada", "sales")
    await freed(scene)
    assert scene.rung() == ["1001", "1001"]
    scene.served.cancel()
    await asyncio.gather(scene.served, return_exceptions=True)


async def test_a_queue_may_have_no_patience(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sales = fakes.SITE.queues["sales"]
    monkeypatch.setitem(
        fakes.SITE.queues, "sales", sales.model_copy(update={"transfer_patience_s": 0})
    )
    feature = await scene.dials("bob", "*21001")
    assert "not free" in feature.log[-2]
