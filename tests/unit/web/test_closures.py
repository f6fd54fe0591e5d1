"""Emergency closures over real HTTP."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.model import events
from ivr.model.hours import Calendar
from ivr.service.closures import Closures
from ivr.testing.clock import VirtualClock
from ivr.web import Gate, Health, WebServer, make_app
from ivr.web.client import ForeignServerError, NotLiveError, ask, order
from ivr.web.closures import closure_routes
from tests.unit.service.fakes import SITE, Events

TOKEN = "0123456789abcdef"
WELL = Health(ami=True, journal=True, journal_backlog=0, uptime_s=1.0)
TWO = SITE.model_copy(update={"calendars": {"office": Calendar(timezone="UTC", open=[])}})


class House:
    def __init__(self, directory: Path) -> None:
        self.events = Events()
        self.token_file = directory / "api"
        self.token_file.write_text(TOKEN)
        routes = closure_routes(Closures(lambda: TWO, self.events, VirtualClock(100.0)))
        self.server = WebServer(
            make_app(lambda: b"", lambda: WELL, routes, Gate(TOKEN)), "127.0.0.1", 0
        )

    async def order(self, path: str) -> object:
        address = f"127.0.0.1:{self.server.port}"
        return await to_thread(order, address, self.token_file, path, 5.0)

    async def closed(self) -> list[tuple[str, bool, float | None, str]]:
        address = f"127.0.0.1:{self.server.port}"
        found = await to_thread(ask, address, self.token_file, "closures")
        return [tuple(one.values()) for one in found["closures"]]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    await house.server.start()
    yield house
    await house.server.close()


async def test_a_program_closes_sees_it_and_opens(house: House) -> None:
    closed = {"closure": "office", "closed": True, "changed": True}
    assert await house.order("closures/office/close") == closed
    assert await house.order("closures/office/close") == {**closed, "changed": False}
    assert await house.closed() == [
        ("house", False, None, ""),
        ("office", True, 100.0, "api"),
    ]
    assert await house.order("closures/office/open") == {**closed, "closed": False}
    assert [one.closed for one in house.events.of(events.ClosureChanged)] == [True, False]


@pytest.mark.parametrize("order", ["close", "open"])
async def test_a_name_nobody_knows_is_said(house: House, order: str) -> None:
    with pytest.raises(NotLiveError, match="give house, office"):
        await house.order(f"closures/shop/{order}")


async def test_without_the_token_nothing_is_closed(house: House) -> None:
    house.token_file.write_text("guessed")
    with pytest.raises(ForeignServerError):
        await house.order("closures/house/close")
    assert list(house.events) == []
