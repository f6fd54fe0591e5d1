"""An agent's own desk over real HTTP: what it is told, its phone's account, its phone's line."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from ivr.acd.messages import Pause
from ivr.model.access import Role
from ivr.model.agents import AgentState
from ivr.model.events import AgentChanged
from ivr.model.ids import AgentId
from ivr.service.console.desks import PAGES_MAX
from ivr.service.conversations import Conversation
from ivr.web import desk, phone
from ivr.web.phone import MESSAGE_BYTES_MAX, SIGNED_OUT, TAKEN_OVER
from tests.e2e.waiting import eventually
from tests.unit.accounts.rooms import PASSWORD, Rooms
from tests.unit.web.house import TOKENS, House

LIMIT_S = 5.0
OURS = {"X-Requested-By": "ivr"}
SIP = ["sip"]


class Asterisk:
    """Takes WebSockets as the real one does, and sends back what it is sent."""

    def __init__(self) -> None:
        app = web.Application()
        app.router.add_get("/ws", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        self.sockets: list[web.WebSocketResponse] = []

    async def start(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"ws://127.0.0.1:{self._runner.addresses[0][1]}/ws"

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=SIP)
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            await socket.send_str(f"heard {message.data}")
        return socket

    async def close(self) -> None:
        for socket in self.sockets:
            await socket.close()
        await self._runner.cleanup()


class Page:
    """Somebody's browser, signed in."""

    def __init__(self, house: House) -> None:
        self.origin = f"http://127.0.0.1:{house.server.port}"
        self.client = aiohttp.ClientSession(
            self.origin, cookie_jar=aiohttp.CookieJar(unsafe=True), headers=OURS
        )

    async def sign_in(self, name: str) -> None:
        body = {"name": name, "password": PASSWORD}
        async with self.client.post("/api/session", json=body) as answer:
            assert answer.status == 200

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with self.client.get(path, headers=headers) as answer:
            return answer.status, await answer.json()

    async def line(self, origin: str = "", protocols: list[str] = SIP) -> Any:
        return await self.client.ws_connect(
            "/ws/phone", protocols=protocols, headers={"Origin": origin or self.origin}
        )


@pytest.fixture
async def asterisk() -> AsyncIterator[Asterisk]:
    asterisk = Asterisk()
    yield asterisk
    await asterisk.close()


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    rooms = Rooms(tmp_path)
    rooms.fill()
    rooms.add("bob", Role.AGENT, agent="bob")
    rooms.add("mia", Role.MANAGER)
    rooms.trail.start()
    yield rooms
    await rooms.close()


@pytest.fixture
async def house(rooms: Rooms, asterisk: Asterisk) -> AsyncIterator[House]:
    house = House(rooms=rooms, asterisk=await asterisk.start())
    await house.server.start()
    yield house
    house.lines.close()
    house.desks.close()
    await house.server.close()


@asynccontextmanager
async def signed_in(house: House, name: str = "ann") -> AsyncIterator[Page]:
    page = Page(house)
    await page.sign_in(name)
    try:
        yield page
    finally:
        await page.client.close()


async def told(answer: aiohttp.ClientResponse) -> Any:
    """The next whole desk."""
    async with asyncio.timeout(LIMIT_S):
        while True:
            line = (await answer.content.readline()).decode()
            if line.startswith("data: "):
                return json.loads(line.removeprefix("data: "))


async def close_code(line: Any) -> int:
    async with asyncio.timeout(LIMIT_S):
        while (await line.receive()).type in (WSMsgType.TEXT, WSMsgType.PING):
            pass
    return int(line.close_code)


async def test_a_desk_is_told_whole_and_again_when_something_happens_to_its_agent(
    house: House,
) -> None:
    async with signed_in(house) as page, page.client.get("/api/desk") as answer:
        first = await told(answer)
        assert set(first) == {
            "now",
            "agent",
            "call",
            "talk",
            "queue",
            "collected",
            "guidance",
            "disposition",
            "pause_reasons",
        }
        assert first["agent"]["name"] == "ann"
        assert first["agent"]["state"] == "available"
        assert first["pause_reasons"] == ["lunch"]
        house.centre.at(100.0, Pause(AgentId("ann"), "lunch"))
        house.desks.record(
            AgentChanged(
                at=100.0,
                agent="ann",
                before=AgentState.AVAILABLE,
                after=AgentState.PAUSED,
                reason="lunch",
                seconds=100.0,
            )
        )
        again = await told(answer)
        assert (again["agent"]["state"], again["agent"]["reason"]) == ("paused", "lunch")


async def test_what_no_event_tells_is_told_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "LOOK_S", 0.02)
    async with signed_in(house) as page, page.client.get("/api/desk") as answer:
        await told(answer)
        house.centre.at(100.0, Pause(AgentId("ann"), "lunch"))
        assert (await told(answer))["agent"]["state"] == "paused"


async def test_a_desk_ends_when_its_agent_signs_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "LOOK_S", 0.02)
    monkeypatch.setattr(desk, "BEAT_S", 0.02)
    async with signed_in(house) as page, page.client.get("/api/desk") as answer:
        await told(answer)
        await page.client.delete("/api/session")
        async with asyncio.timeout(LIMIT_S):
            await answer.content.read()


async def test_more_pages_of_one_desk_than_may_are_refused(house: House) -> None:
    async with signed_in(house) as page:
        pages = [await page.client.get("/api/desk") for _ in range(PAGES_MAX)]
        status, said = await page.get("/api/desk")
        assert (status, said["error"]) == (503, "4 pages show this desk already; close some")
        for one in pages:
            one.close()


async def test_who_is_no_agent_of_the_site_has_no_desk_and_no_phone(house: House) -> None:
    async with signed_in(house, "mia") as page:
        for path in ("/api/desk", "/api/desk/phone", "/ws/phone"):
            status, said = await page.get(path)
            assert status == 409
            assert "ivr user role NAME --agent KEY" in said["error"]


async def test_an_agent_is_given_their_own_phones_account_and_that_is_on_record(
    house: House, rooms: Rooms
) -> None:
    async with signed_in(house) as page, page.client.get("/api/desk/phone") as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        said = await answer.json()
    extension = said["extension"]
    assert said == {
        "extension": extension,
        "password": f"password of {extension}",
        "path": "/ws/phone",
    }
    await rooms.trail.close()
    assert ("ann", "phone.password", extension) in rooms.actions()
    assert "password of" not in str(rooms.sql("select * from audit"))


async def test_who_has_a_phone_on_the_desk_is_given_no_account(house: House) -> None:
    async with signed_in(house, "bob") as page:
        for path in ("/api/desk/phone", "/ws/phone"):
            status, said = await page.get(path)
            assert status == 409
            assert "`phone: browser` in site.yaml" in said["error"]


async def test_a_token_opens_no_phone(house: House) -> None:
    for path in ("/api/desk/phone", "/ws/phone"):
        assert (await house.ask("GET", path, TOKENS[Role.AGENT]))[0] == 409


async def test_a_line_carries_messages_both_ways(house: House) -> None:
    async with signed_in(house) as page:
        line = await page.line()
        assert line.protocol == "sip"
        await line.send_str("REGISTER")
        async with asyncio.timeout(LIMIT_S):
            assert (await line.receive()).data == "heard REGISTER"
        await line.close()


async def test_another_site_cannot_use_the_line_and_that_is_on_record(house: House) -> None:
    async with signed_in(house) as page:
        for origin in ("https://elsewhere.example", "null"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await page.line(origin)
            assert refused.value.status == 403
    assert house.refused[0] == ("ann", "/ws/phone", "another site may not use this phone")


async def test_who_is_not_signed_in_has_no_line(house: House) -> None:
    page = Page(house)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await page.line()
    await page.client.close()
    assert refused.value.status == 401


async def test_what_is_no_sip_over_websocket_is_refused(house: House) -> None:
    async with signed_in(house) as page:
        assert (await page.get("/ws/phone", Origin=page.origin))[0] == 426
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await page.line(protocols=["chat"])
        assert refused.value.status == 426


async def test_the_newest_page_has_the_line(house: House) -> None:
    async with signed_in(house) as page:
        first, second = await page.line(), await page.line()
        assert await close_code(first) == TAKEN_OVER
        await second.send_str("REGISTER")
        async with asyncio.timeout(LIMIT_S):
            assert (await second.receive()).data == "heard REGISTER"
        await second.close()


async def test_no_page_takes_a_phone_over_out_of_a_talk(house: House) -> None:
    async with signed_in(house) as page:
        first = await page.line()
        house.talks.add(Conversation("c1", "billing", "ann", "leg-1", "ch-1", 90.0))
        assert (await page.get("/api/desk/phone"))[0] == 423
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await page.line()
        assert refused.value.status == 423
        await first.close()  # the page was closed: the talk may go on in another
        await eventually(lambda: not house.lines.has("1000"), LIMIT_S, "the line's end")
        await (await page.line()).close()


async def test_a_line_ends_when_its_agent_signs_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone, "CHECK_S", 0.02)
    async with signed_in(house) as page:
        line = await page.line()
        await page.client.delete("/api/session")
        assert await close_code(line) == SIGNED_OUT


async def test_a_phone_that_says_nothing_for_long_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone, "CHECK_S", 0.02)
    monkeypatch.setattr(phone, "IDLE_S", 0.1)
    async with signed_in(house) as page:
        assert await close_code(await page.line()) == aiohttp.WSCloseCode.POLICY_VIOLATION


async def test_a_message_that_is_too_long_ends_the_line_and_goes_nowhere(house: House) -> None:
    async with signed_in(house) as page:
        line = await page.line()
        await line.send_str("x" * (MESSAGE_BYTES_MAX + 1))
        assert await close_code(line) == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_the_line_ends_with_asterisks_and_with_the_server(
    house: House, asterisk: Asterisk
) -> None:
    async with signed_in(house) as page:
        line = await page.line()
        await asterisk.sockets[0].close()
        assert await close_code(line) == aiohttp.WSCloseCode.SERVICE_RESTART
        line = await page.line()
        house.lines.close()
        assert await close_code(line) == aiohttp.WSCloseCode.SERVICE_RESTART
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await page.line()
        assert refused.value.status == 503


async def test_more_phones_than_may_are_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone, "LINES_MAX", 0)
    async with signed_in(house) as page:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await page.line()
        assert refused.value.status == 503


async def test_without_asterisk_there_is_no_line(rooms: Rooms) -> None:
    house = House(rooms=rooms)
    await house.server.start()
    async with signed_in(house) as page:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await page.line()
        assert refused.value.status == 502
    await house.server.close()
