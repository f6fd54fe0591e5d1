"""Who has a place in line keeps it, however full the queue, and with the priority it was given."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ivr.acd.messages import Reprioritise
from ivr.model.agents import QueueOutcome
from ivr.model.events import OrderGiven, QueueEntered, QueueLeft
from ivr.model.ids import CallId
from ivr.ports import Memo, QueueRequest, QueueResult
from ivr.service.legs import LegAnswered
from ivr.service.orders import Orders, ordered_priority
from ivr.service.queues import LineQueues
from tests.unit.service.fakes import SITE, FakeLine, House, settle
from tests.unit.service.test_queues import stand_in_line


class Scene:
    """Callers in line at a house with few places."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.served: list[asyncio.Task[QueueResult]] = []

    def has_room_for(self, callers: int, **more: object) -> None:
        """In each queue; `more` are further terms of the queue `sales`."""
        queues = {
            name: queue.model_copy(update={"length_max": callers})
            for name, queue in SITE.queues.items()
        }
        queues["sales"] = queues["sales"].model_copy(update=more)
        site = SITE.model_copy(update={"queues": queues})
        self.house.desk.site = site
        self.house.dispatcher.reconfigure(site, site)

    async def enters(
        self,
        call: str,
        resumed: Memo | None = None,
        *,
        leg_there: bool = True,
        **request: object,
    ) -> FakeLine:
        line = FakeLine(call, f"channel of {call}")
        line.leg_there = leg_there
        wish = QueueRequest("sales", **request)  # type: ignore[arg-type]
        self.served.append(stand_in_line(self.house, line, wish, resumed))
        await settle()
        return line

    async def returns(self, call: str, entered_at: float, **request: object) -> None:
        """Into the line in which a former server left them."""
        memo = Memo(call, "waiting", "main", "wait", queue="sales", entered_at=entered_at)
        await self.enters(call, memo, **request)

    async def answers(self, leg: str) -> None:
        self.house.dispatcher.on_leg_event(LegAnswered(leg))
        await settle()

    def in_line(self) -> list[str]:
        return [view.call for view in self.house.engine.calls()]

    def turned_away(self) -> list[str]:
        left = self.house.events.of(QueueLeft)
        return [one.call for one in left if one.outcome is not QueueOutcome.ANSWERED]


@pytest.fixture
async def scene(house: House) -> AsyncIterator[Scene]:
    scene = Scene(house)
    yield scene
    for task in scene.served:
        task.cancel()
    await asyncio.gather(*scene.served, return_exceptions=True)


# --- with the priority it was given


async def test_a_caller_whose_agent_was_lost_in_joining_keeps_the_priority(scene: Scene) -> None:
    await scene.enters("c1", leg_there=False)
    scene.house.dispatcher.feed(Reprioritise(CallId("c1"), 5))
    scene.house.log_in("bob")
    await settle()
    await scene.answers("leg-1")
    first, again = scene.house.events.of(QueueEntered)
    assert (first.priority, again.priority) == (0, 5)
    assert scene.house.engine.call("c1").priority == 5


async def test_also_in_the_queue_to_which_the_flow_takes_them_next(scene: Scene) -> None:
    line = FakeLine()
    queues = LineQueues(
        scene.house.desk, line, lambda: Memo("c1", "serving", "main", "wait"), None, lambda: None
    )
    first = asyncio.create_task(queues.serve(line, QueueRequest("sales", exit_keys="1")))
    await settle()
    scene.house.dispatcher.feed(Reprioritise(CallId("c1"), 5))
    line.keys.put_nowait("1")
    await first
    scene.served.append(asyncio.create_task(queues.serve(line, QueueRequest("support"))))
    await settle()
    assert scene.house.engine.call("c1").priority == 5


@pytest.mark.parametrize(
    ("orders", "priority"),
    [
        ([("priority 5", "")], 5),
        ([("priority 5", ""), ("priority -1", ""), ("priority 9", "no such call")], -1),
        ([("pause lunch", "")], 2),
        ([], 2),
    ],
)
async def test_what_was_ordered_holds_after_a_restart(
    scene: Scene, orders: list[tuple[str, str]], priority: int
) -> None:
    history = [
        OrderGiven(at=1.0, by="api", order=order, target="c1", call="c1", refusal=refusal)
        for order, refusal in orders
    ]
    scene.house.dispatcher.learn_places({"c1": history})
    await scene.returns("c1", 999_000.0, priority=2)
    assert scene.house.engine.call("c1").priority == priority


async def test_what_is_on_record_is_what_is_read_from_it(scene: Scene) -> None:
    await scene.enters("c1")
    orders = Orders(scene.house.dispatcher.feed, scene.house.events, scene.house.clock)
    orders.give(Reprioritise(CallId("c1"), -3), "api")
    assert ordered_priority(scene.house.events) == -3


# --- however full it is


async def test_a_caller_whose_agent_was_lost_in_joining_has_the_old_place(scene: Scene) -> None:
    scene.has_room_for(1)
    first = await scene.enters("c1", leg_there=False)
    scene.house.log_in("bob")
    await settle()
    # The agent answers, the next caller takes the place that is free now, and the agent is lost.
    scene.house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await scene.enters("c2")
    assert scene.turned_away() == []
    assert {"c1", "c2"} <= {one.call for one in scene.house.events.of(QueueEntered)}
    assert first.log.count("music default") == 2


async def test_callers_found_in_line_after_a_restart_have_their_places(scene: Scene) -> None:
    scene.has_room_for(2)
    await scene.enters("new")
    await scene.returns("c2", 999_002.0, leave_if_empty=True)
    await scene.returns("c1", 999_001.0)
    assert scene.turned_away() == []
    assert scene.in_line() == ["c1", "c2", "new"]
    await scene.enters("newer")
    assert scene.turned_away() == ["newer"]


async def test_who_hung_up_a_moment_ago_has_the_old_place(scene: Scene) -> None:
    scene.has_room_for(1, redial_grace_s=30)
    first = await scene.enters("c1")
    first.hung_up.set()
    await settle()
    scene.house.clock.advance(5)
    other = FakeLine("c2", "channel of c2")
    other.caller = "2002"
    scene.served.append(stand_in_line(scene.house, other, QueueRequest("sales")))
    await settle()
    await scene.enters("c3")
    assert scene.in_line() == ["c3", "c2"]


async def test_who_is_sent_to_another_queue_comes_new_to_it(scene: Scene) -> None:
    scene.has_room_for(1)
    scene.served.append(stand_in_line(scene.house, FakeLine("s1", "s"), QueueRequest("support")))
    await settle()
    memo = Memo("c1", "transferring", "main", "wait", "sales", 5.0, to="820", agent="bob")
    line = FakeLine("c1", "channel of c1")
    served = stand_in_line(scene.house, line, QueueRequest("sales"), memo)
    assert (await served).outcome is QueueOutcome.OVERFLOW
