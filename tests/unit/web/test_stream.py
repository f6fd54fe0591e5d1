"""The live stream over real HTTP: snapshot, changes, resumption, who may read, and for how long."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from ivr.acd.messages import Pause
from ivr.model.access import Role
from ivr.model.ids import AgentId
from ivr.service.console import live
from ivr.web import stream
from tests.unit.web.house import SECRET, TOKENS, House

LIMIT_S = 5.0


class Reader:
    """One page that reads."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def next(self) -> tuple[str, str, Any]:
        """Id, kind and content of the next event."""
        fields = {"id": ""}
        async with asyncio.timeout(LIMIT_S):
            while line := (await self.answer.content.readline()).decode().strip():
                name, _, value = line.partition(": ")
                fields[name] = value
        return fields["id"], fields["event"], json.loads(fields["data"])

    async def end(self) -> None:
        async with asyncio.timeout(LIMIT_S):
            await self.answer.content.read()


@asynccontextmanager
async def reading(
    house: House, token: str = SECRET, last: str = "", after: str = ""
) -> AsyncIterator[Reader]:
    url = f"http://127.0.0.1:{house.server.port}/api/live"
    headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last else {})
    async with (
        aiohttp.ClientSession() as client,
        client.get(url, headers=headers, params={"after": after} if after else {}) as answer,
    ):
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        yield Reader(answer)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.server.start()
    yield house
    house.board.close()
    await house.server.close()


def pause(house: House, agent: str) -> None:
    house.centre.at(100.0, Pause(AgentId(agent), "lunch"))
    house.board.touch(("agent", agent))


async def test_first_the_whole_house_then_what_changes(house: House) -> None:
    async with reading(house) as page:
        ident, kind, said = await page.next()
        assert (ident.rpartition("-")[0], kind) == ("b0", "snapshot")
        assert set(said["set"]["agent"]) == {"ann", "bob", "cem"}
        assert set(said["set"]["call"]) == {"c1"}
        pause(house, "bob")
        _, kind, said = await page.next()
        assert kind == "delta"
        assert said["set"]["agent"]["bob"]["reason"] == "lunch"
        assert list(said["set"]) == ["agent"]


@pytest.mark.parametrize("way", ["last", "after"])
async def test_who_comes_back_is_told_what_they_missed(house: House, way: str) -> None:
    async with reading(house) as other, reading(house) as page:
        await other.next()
        ident, _, _ = await page.next()
        pause(house, "ann")
        await page.next()
        async with reading(house, **{way: ident}) as back:
            _, kind, said = await back.next()
            assert kind == "delta"
            assert set(said["set"]["agent"]) == {"ann"}


@pytest.mark.parametrize("last", ["b0-999", "other-1", "nonsense"])
async def test_who_comes_back_from_elsewhere_sees_everything_anew(house: House, last: str) -> None:
    async with reading(house, last=last) as page:
        assert (await page.next())[1] == "snapshot"


async def test_a_supervisor_sees_own_teams_and_no_whole_number(house: House) -> None:
    async with reading(house, TOKENS[Role.SUPERVISOR]) as page:
        _, _, said = await page.next()
        assert set(said["set"]["agent"]) == {"ann", "bob"}
        pause(house, "cem")
        pause(house, "ann")
        _, _, said = await page.next()
        assert set(said["set"]["agent"]) == {"ann"}


async def test_nothing_new_is_told_too_and_what_time_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.02)
    async with reading(house) as page:
        await page.next()
        assert await page.next() == ("", "beat", {"now": 100.0})


async def test_who_may_no_more_reads_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.02)
    async with reading(house, TOKENS[Role.SUPERVISOR]) as page:
        await page.next()
        del house.tokens.people[TOKENS[Role.SUPERVISOR]]
        await page.end()


async def test_who_is_given_other_teams_sees_those_in_place_of_the_former(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.02)
    token = TOKENS[Role.SUPERVISOR]
    async with reading(house, token) as page:
        _, _, said = await page.next()
        assert set(said["set"]["agent"]) == {"ann", "bob"}
        sue = house.tokens.people[token]
        house.tokens.people[token] = replace(sue, teams=frozenset({"south"}))
        async with asyncio.timeout(LIMIT_S):
            while (event := await page.next())[1] == "beat":
                pass
        assert event[1] == "snapshot"
        assert set(event[2]["set"]["agent"]) == {"cem"}
        assert (await page.next())[1] == "beat"


async def test_streams_end_with_the_server(house: House) -> None:
    async with reading(house) as page:
        await page.next()
        house.board.close()
        await page.end()


async def test_too_many_are_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "READERS_MAX", 1)
    async with reading(house) as page:
        await page.next()
        status, said = await house.ask("GET", "/api/live", SECRET)
        assert (status, "1 pages" in said["error"]) == (503, True)


async def test_who_sleeps_is_not_kept_everything_that_happened_meanwhile(house: House) -> None:
    """Forty megabytes happen; what the sleeper reads then is what the network holds, and the end of
    the story."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    writer.write(
        f"GET /api/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SECRET}\r\n\r\n".encode()
    )
    await reader.readuntil(b"event: snapshot")
    for n in range(400):
        house.alarms[:] = [f"alarm {n} " + "x" * 50_000]
        await house.board.look("alarm")
    size, received, tail = 0, b"", b""
    async with asyncio.timeout(LIMIT_S):
        while b"alarm 399" not in tail + received:
            tail, received = received[-20:], await reader.read(100_000)
            size += len(received)
    writer.close()
    assert size < 20_000_000
