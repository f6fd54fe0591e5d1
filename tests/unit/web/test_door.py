"""Connections to the web side: silent and slow ones end, and there are never too many."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from ivr.model.access import Permission
from ivr.web import WebServer, make_app, validation
from ivr.web.answers import Asked
from ivr.web.door import Door
from ivr.web.routes import Route
from tests.unit.web.house import WELL

LIMIT_S = 5.0
GET = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
KIND = b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n"
POST = b"POST /name HTTP/1.1\r\nHost: x\r\n" + KIND + b"{"


class Name(Asked):
    name: str


async def hello(_request: web.Request) -> web.Response:
    return web.Response()


class House:
    """At most four connections; a tenth of a second to send a request."""

    def __init__(self) -> None:
        routes = [Route("POST", "/name", Permission.ANYBODY, hello, body=Name)]
        door = Door(connections_max=4, request_s=0.1)
        app = make_app(lambda: b"", lambda: WELL, routes, door=door)
        self.server = WebServer(app, "127.0.0.1", 0)
        self.visitors: list[Visitor] = []

    async def comes(self, said: bytes = b"") -> "Visitor":
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
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

    def says(self, more: bytes) -> None:
        self._writer.write(more)

    def leaves(self) -> None:
        self._writer.transport.abort()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.server.start()
    yield house
    for visitor in house.visitors:
        visitor.leaves()
    await house.server.close()


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


async def test_without_room_who_has_been_silent_for_longest_goes(house: House) -> None:
    silent = [await house.comes() for _ in range(4)]
    late = await house.comes(GET)
    assert await late.hears() == b"HTTP/1.1 200 OK\r\n"
    assert await silent[0].hears() == b""


async def test_without_room_and_nobody_silent_the_new_one_goes(house: House) -> None:
    visitors = [await house.comes(GET) for _ in range(4)]
    for visitor in visitors:
        assert await visitor.hears() == b"HTTP/1.1 200 OK\r\n"
    assert await (await house.comes(GET)).hears() == b""
    visitors[0].leaves()
    async with asyncio.timeout(LIMIT_S):
        while not await (await house.comes(GET)).hears():
            pass


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
