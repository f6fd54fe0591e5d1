"""The live board: what happens is told soon and once, and costs the same in a house of any size."""

import asyncio
from contextlib import ExitStack

import pytest

from ivr.model import events
from ivr.service.console import live
from ivr.service.console.items import Attending
from ivr.service.console.live import LiveBoard, TooManyReadersError
from tests.unit.counting import calls_in
from tests.unit.service.console.world import EVERYTHING, World

LIMIT_S = 5.0


async def opened(world: World) -> int:
    """Somebody looks on; the number of what they have seen."""
    await world.board.catch_up()
    return world.told()[2]


async def test_who_looks_on_first_sees_the_whole_house() -> None:
    world = World()
    world.log_in("a0", "a1")
    world.enter("c1")
    with world.board.reading("sue"):
        await opened(world)
        kind, said, _ = world.told()
        assert kind == "snapshot"
        assert said["now"] == 1000.0
        assert said["set"]["agent"]["a0"]["state"] == "reserved"
        assert said["set"]["call"]["c1"]["ringing"] == ["a0"]
        assert said["set"]["call"]["c1"]["caller"] == "+4930123"
        assert said["set"]["able"]["billing >= 1"] == {"reserved": 1, "available": 1}
        assert said["set"]["queue"]["support"]["title"] == "Support"
        assert said["set"]["closure"]["house"] == {"closed": False, "since": None, "by": ""}
        assert said["set"]["site"]["site"]["pause_reasons"] == []


async def test_an_event_is_told_soon_and_only_what_changed() -> None:
    world = World()
    with world.board.reading("sue"):
        number = await opened(world)
        world.log_in("a0")
        began = asyncio.get_running_loop().time()
        assert await world.board.changed(number, LIMIT_S)
        assert asyncio.get_running_loop().time() - began < 0.25
        kind, said, _ = world.told(number)
        assert kind == "delta"
        assert set(said["set"]) == {"agent"}
        assert set(said["set"]["agent"]) == {"a0"}
        assert said["set"]["agent"]["a0"]["state"] == "available"


async def test_many_events_are_told_at_once() -> None:
    world = World(50)
    with world.board.reading("sue"):
        number = await opened(world)
        world.log_in(*world.site.agents)
        assert await world.board.changed(number, LIMIT_S)
        assert world.told(number)[2] == number + 1


async def test_a_conversation_who_listens_to_it_and_its_end() -> None:
    world = World()
    world.log_in("a0")
    world.enter("c1")
    with world.board.reading("sue"):
        number = await opened(world)
        world.answer()
        assert await world.board.changed(number, LIMIT_S)
        _, said, number = world.told(number)
        assert said["gone"] == {"call": ["c1"]}
        assert said["set"]["talk"]["a0"]["caller"] == "+4930123"
        world.attending.append(Attending("sue", "a0", "listen"))
        world.private.add("c1")
        world.board.record(
            events.SupervisionStarted(
                at=1000.0, call="c1", supervisor="sue", agent="a0", mode="listen"
            )
        )
        assert await world.board.changed(number, LIMIT_S)
        _, said, number = world.told(number)
        assert said["set"]["talk"]["a0"]["attending"] == {"sue": "listen"}
        assert said["set"]["talk"]["a0"]["private"] is True


async def test_what_no_event_tells_is_found_by_looking() -> None:
    world = World()
    with world.board.reading("sue"):
        number = await opened(world)
        world.alarms.append("something is wrong")
        await world.board.look("alarm")
        _, said, number = world.told(number)
        assert said["set"] == {"alarm": {"something is wrong": {}}}
        world.alarms.clear()
        await world.board.look("alarm")
        assert world.told(number)[1]["gone"] == {"alarm": ["something is wrong"]}


async def test_while_nobody_looks_on_nothing_is_read_and_the_next_one_sees_all_of_it() -> None:
    world = World()
    with world.board.reading("sue"):
        number = await opened(world)
    world.log_in("a0")
    assert not await world.board.changed(number, 0.1)
    with world.board.reading("sue"):
        await world.board.catch_up()
        assert world.told(number)[1]["set"]["agent"]["a0"]["state"] == "available"


async def test_ids_of_another_server_mean_nothing() -> None:
    board = World().board
    assert board.number_of("b0-7") == 7
    for ident in ("", "b1-7", "b0-", "b0--1", "b0-x", "b0-" + "9" * 40, "7"):
        assert board.number_of(ident) is None


def opens(board: LiveBoard, who: str, pages: int) -> ExitStack:
    opened = ExitStack()
    for _ in range(pages):
        opened.enter_context(board.reading(who))
    return opened


def is_refused(board: LiveBoard, who: str) -> str:
    """In which words."""
    with pytest.raises(TooManyReadersError) as refused:
        opens(board, who, 1)
    return str(refused.value)


async def test_nobody_looks_on_in_so_many_pages_that_others_cannot() -> None:
    board = World().board
    with opens(board, "sue", 10):
        assert is_refused(board, "sue") == "you have 10 pages open already; close some"
        with opens(board, "max", 1):
            pass
    with opens(board, "sue", 10):
        pass


async def test_the_last_places_are_for_who_has_none_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "READERS_MAX", 6)
    monkeypatch.setattr(live, "RESERVE", 2)
    board = World().board
    with opens(board, "sue", 4):
        assert "4 pages look on already" in is_refused(board, "sue")
        with opens(board, "max", 1), opens(board, "ann", 1):
            assert "6 pages look on already" in is_refused(board, "bob")
            assert "6 pages look on already" in is_refused(board, "max")
        with opens(board, "bob", 1):
            pass


async def test_readers_go_when_the_server_ends() -> None:
    board = World().board
    waits = asyncio.create_task(board.changed(0, LIMIT_S))
    await asyncio.sleep(0)
    board.close()
    assert await waits
    assert board.closed


@pytest.mark.parametrize("what", ["log_in", "enter"])
async def test_an_event_costs_the_same_in_a_house_of_any_size(what: str) -> None:
    """Counted from the event to the text for all readers."""
    costs = []
    for size in (10, 500):
        world = World(size)
        for n in range(size):
            world.enter(f"c{n}")
        with world.board.reading("sue"):
            number = await opened(world)
            if what == "enter":
                world.enter("new")
            else:
                world.log_in("a1")
            costs.append(calls_in(lambda world=world, n=number: _flushed(world.board, n)))
    assert costs[1] <= costs[0] + 5, costs


def _flushed(board: LiveBoard, number: int) -> None:
    board.flush()
    board.message(number, EVERYTHING)
