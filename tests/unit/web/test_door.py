"""Connections to the web side: silent and slow ones end, and there are never too many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from ivr.model.access import Permission
from ivr.web import WebServer, make_app, validation
from ivr.web.answers import Asked
from ivr.web.door import Door, room_for
from ivr.web.refusals import Refusals
from ivr.web.routes import Route
from tests.unit.web.house import WELL

LIMIT_S = 5.0
OK = b"HTTP/1.1 200 OK\r\n"
GET = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
FOREVER = b"GET /forever HTTP/1.1\r\nHost: x\r\n\r\n"
KIND = b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n"
POST = b"POST /name HTTP/1.1\r\nHost: x\r\n" + KIND + b"{"


class Name(Asked):
    name: str


async def hello(_request: web.Request) -> web.Response:
    return web.Response()


class House:
    """At most four connections, two of one address; a while to send a request."""

    def __init__(self, request_s: float = 0.1, proxy: str = "") -> None:
        routes = [
            Route("POST", "/name", Permission.ANYBODY, hello, body=Name),
            Route("GET", "/forever", Permission.ANYBODY, self._forever),
        ]
        self.over = asyncio.Event()
        self.counted: list[str] = []
        door = Door(4, request_s, Refusals(self.counted.append), lambda one: one == proxy)
        app = make_app(lambda: b"", lambda: WELL, routes, door=door)
        self.server = WebServer(app, "127.0.0.1", 0)
        self.visitors: list[Visitor] = []

    async def _forever(self, request: web.Request) -> web.StreamResponse:
        """An answer without an end, as pages have that look on."""
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"so far\n")
        await self.over.wait()
        return answer

    async def comes(self, said: bytes = b"", host: int = 1) -> "Visitor":
        """From 127.0.0.`host`."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.server.port, local_addr=(f"127.0.0.{host}", 0)
        )
        writer.write(said)
        self.visitors.append(Visitor(reader, writer))
        return self.visitors[-1]


class Visitor:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def hears(self) -> bytes:
        """The first line of an answer; empty when the connection is closed instead."""
        try:
            async with asyncio.timeout(LIMIT_S):
                return await self._reader.readline()
        except ConnectionResetError:
            return b""

    async def answer(self) -> None:
        """The whole of the next one to GET, which is JSON."""
        async with asyncio.timeout(LIMIT_S):
            while not (line := await self._reader.readline()).endswith(OK):
                assert line, "closed"
            await self._reader.readuntil(b"}")

    async def is_closed(self) -> None:
        async with asyncio.timeout(LIMIT_S):
            while await self.hears():
                pass

    def says(self, more: bytes) -> None:
        self._writer.write(more)

    def leaves(self) -> None:
        self._writer.transport.abort()


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[House]:
    await house.server.start()
    yield house
    house.over.set()
    for visitor in house.visitors:
        visitor.leaves()
    await house.server.close()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened(House()) as house:
        yield house


@pytest.fixture
async def patient() -> AsyncIterator[House]:
    """Nobody is shown out for being slow."""
    async with opened(House(request_s=60.0)) as house:
        yield house


@pytest.mark.parametrize("said", [b"", b"GET /hea", GET[:-2]])
async def test_who_sends_no_whole_request_in_time_is_shown_out(house: House, said: bytes) -> None:
    assert await (await house.comes(said)).hears() == b""


async def test_who_has_asked_once_may_ask_again_later(house: House) -> None:
    visitor = await house.comes(GET)
    assert await visitor.hears() == b"HTTP/1.1 200 OK\r\n"
    silent = await house.comes()
    assert await silent.hears() == b""  # more time has passed than a new one has
    visitor.says(GET)
    while not (line := await visitor.hears()).endswith(b"HTTP/1.1 200 OK\r\n"):
        assert line, "closed"


async def is_served(visitor: Visitor) -> bool:
    return await visitor.hears() == OK


async def test_without_room_who_has_been_silent_for_longest_goes(patient: House) -> None:
    silent = [await patient.comes(host=host) for host in (1, 2, 3, 4)]
    assert await is_served(await patient.comes(GET, host=5))
    assert await silent[0].hears() == b""
    assert patient.counted == ["no_room"]
    silent[1].says(GET)
    assert await is_served(silent[1])


async def test_who_keeps_a_connection_for_later_makes_room_before_who_may_be_speaking(
    patient: House,
) -> None:
    idle = [await patient.comes(GET, host=host) for host in (1, 2)]
    assert [await is_served(one) for one in idle] == [True, True]
    silent = [await patient.comes(host=host) for host in (3, 4)]
    idle[0].says(GET)  # from now on the other has been idle for longer
    await idle[0].answer()
    assert await is_served(await patient.comes(GET, host=5))
    await idle[1].is_closed()
    for one in (idle[0], *silent):
        one.says(GET)
        await one.answer()


async def test_without_room_and_all_at_work_the_new_one_goes(patient: House) -> None:
    working = [await patient.comes(FOREVER, host=host) for host in (1, 2, 3, 4)]
    assert [await is_served(one) for one in working] == [True] * 4
    assert await (await patient.comes(GET, host=5)).hears() == b""
    working[0].leaves()
    async with asyncio.timeout(LIMIT_S):
        while not await (await patient.comes(GET, host=5)).hears():
            pass


@pytest.mark.parametrize("said", [b"", GET, FOREVER, POST], ids=["none", "kept", "long", "half"])
async def test_one_address_keeps_nobody_else_out(patient: House, said: bytes) -> None:
    """Whatever it does with as many connections as it can get."""
    many = [await patient.comes(said) for _ in range(8)]
    if said in (GET, FOREVER):
        assert await many[0].hears() in (OK, b"")
    for host in (2, 3):
        assert await is_served(await patient.comes(FOREVER, host=host))
    assert set(patient.counted) == {"address"}


async def test_one_address_uses_its_own_connections_again(patient: House) -> None:
    for _ in range(8):
        assert await is_served(await patient.comes(GET))
    assert patient.counted == ["address"] * 6


async def test_a_proxy_may_have_all_the_room() -> None:
    async with opened(House(request_s=60.0, proxy="127.0.0.1")) as house:
        for _ in range(4):
            assert await is_served(await house.comes(FOREVER))
        assert house.counted == []


async def test_nothing_is_kept_of_who_has_left(patient: House) -> None:
    door = patient.server.door
    for host in (1, 2, 3):
        assert await is_served(await patient.comes(GET, host=host))
    assert door.connections == {"127.0.0.1": 1, "127.0.0.2": 1, "127.0.0.3": 1}
    for visitor in patient.visitors:
        visitor.leaves()
    async with asyncio.timeout(LIMIT_S):
        while door.connections:  # noqa: ASYNC110 - aiohttp tells nobody
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("open_files", "room"), [(256, 64), (1024, 256), (4096, 1024), (65536, 4000), (-1, 4000)]
)
def test_most_open_files_are_for_calls(open_files: int, room: int) -> None:
    """-1: there is no limit."""
    assert room_for(open_files) == room


async def test_a_body_that_does_not_come_is_not_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation, "BODY_S", 0.1)
    assert b" 408 " in await (await house.comes(POST)).hears()


async def test_who_goes_within_a_body_leaves_no_error_behind(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = await house.comes(POST)
    other = await house.comes(GET)
    assert await other.hears()
    visitor.leaves()
    other.says(GET)
    assert await other.hears()
    await house.server.close()
    assert caplog.records == []
