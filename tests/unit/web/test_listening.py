"""Listening in by a click: who may, is asked of the account again while they listen."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.model.access import Role
from tests.unit.accounts.rooms import Rooms
from tests.unit.web.house import House


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    rooms = Rooms(tmp_path)
    rooms.fill()
    rooms.add("sue", Role.SUPERVISOR, team="north", agent="cem")
    rooms.trail.start()
    yield rooms
    await rooms.close()


@pytest.fixture
async def house(rooms: Rooms) -> AsyncIterator[House]:
    house = House(rooms=rooms)
    await house.server.start()
    yield house
    await house.server.close()


def disabled(rooms: Rooms) -> None:
    rooms.store.set_disabled("sue", disabled=True)


def without_tokens(rooms: Rooms) -> None:
    rooms.store.revoke_tokens("sue")


def an_agent(rooms: Rooms) -> None:
    rooms.store.set_role(replace(rooms.store.user("sue"), role=Role.AGENT))


def of_another_team(rooms: Rooms) -> None:
    rooms.store.set_role(replace(rooms.store.user("sue"), teams=frozenset({"south"})))


@pytest.mark.parametrize("change", [disabled, without_tokens, an_agent, of_another_team])
async def test_they_may_until_the_account_is_changed(house: House, rooms: Rooms, change) -> None:
    token = rooms.store.add_token("sue", 60.0)
    assert (await house.ask("POST", "/api/agents/ann/listen", token))[0] == 200
    assert house.phones.wanted == [("cem", "ann")]
    assert await house.phones.still()
    change(rooms)
    assert not await house.phones.still()
