"""The API over real HTTP and the real core."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from ivr.model.errors import UserError
from ivr.testing.clock import VirtualClock
from ivr.web import Gate, Health, WebServer, make_app
from ivr.web.client import NotLiveError, NotRunningError, ask
from ivr.web.live import live_routes
from tests.unit.acd.centre import Centre

TOKEN = "0123456789abcdef"
WELL = Health(ami=True, journal=True, journal_backlog=0, uptime_s=1.0)
RIGHT = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Ann talks, Bob is paused; `c1` waits for billing since half a minute."""
    centre = Centre(ann={"billing": 5}, bob={"billing": 3}, cem={"tech": 2})
    centre.log_in(970.0, "ann", "cem")
    centre.talk(970.0, "c0", queue="sales")
    centre.enter(970.0, "c1", "billing >= 3")
    routes = live_routes(centre.engine, VirtualClock(1000.0))
    server = WebServer(make_app(lambda: b"", lambda: WELL, routes, Gate(TOKEN)), "127.0.0.1", 0)
    await server.start()
    yield f"127.0.0.1:{server.port}"
    await server.close()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": TOKEN}, {"Authorization": "Bearer "}, {"Authorization": "Bearer no"}],
)
@pytest.mark.parametrize("path", ["/api/calls", "/api/queues", "/api/nothing"])
async def test_without_the_token_there_is_no_data(
    address: str, client: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    async with client.get(f"http://{address}{path}", headers=headers) as answer:
        assert answer.status == 401
        assert "Authorization: Bearer" in (await answer.json())["error"]


async def test_a_server_without_a_token_answers_nobody(client: aiohttp.ClientSession) -> None:
    server = WebServer(make_app(lambda: b"", lambda: WELL), "127.0.0.1", 0)
    await server.start()
    url = f"http://127.0.0.1:{server.port}/api/calls"
    async with client.get(url, headers={"Authorization": "Bearer "}) as answer:
        assert answer.status == 401
    await server.close()


async def test_metrics_and_health_stay_open(address: str, client: aiohttp.ClientSession) -> None:
    async with client.get(f"http://{address}/health") as answer:
        assert answer.status == 200


async def test_a_waiting_call_is_explained(address: str, client: aiohttp.ClientSession) -> None:
    async with client.get(f"http://{address}/api/calls/c1/explain", headers=RIGHT) as answer:
        said = await answer.json()
    assert (said["call"]["call"], said["position"], said["waited_s"]) == ("c1", 1, 30.0)
    assert said["relaxation"]["step"] == 0
    excluded = {one["agent"]: one["excluded"] for one in said["candidates"]}
    assert excluded["ann"].startswith("is on_call")
    assert excluded["bob"].startswith("is logged_out")
    assert excluded["cem"].startswith("does not meet `billing >= 3`")


async def test_why_not_names_what_stands_in_the_way(
    address: str, client: aiohttp.ClientSession
) -> None:
    url = f"http://{address}/api/agents/ann/why-not/c1"
    async with client.get(url, headers=RIGHT) as answer:
        said = await answer.json()
    assert said["agent"]["state"] == "on_call"
    assert said["excluded"] == "is on_call with call c0"


async def test_calls_and_queues_are_listed(address: str, client: aiohttp.ClientSession) -> None:
    async with client.get(f"http://{address}/api/calls", headers=RIGHT) as answer:
        assert [call["call"] for call in (await answer.json())["calls"]] == ["c1"]
    async with client.get(f"http://{address}/api/queues", headers=RIGHT) as answer:
        queues = {queue["queue"]: queue for queue in (await answer.json())["queues"]}
    assert queues["support"]["callers"] == 1
    assert queues["support"]["agents"]["on_call"] == 1


@pytest.mark.parametrize(
    "path", ["calls/nobody/explain", "agents/nobody/why-not/c1", "agents/ann/why-not/nobody"]
)
async def test_who_is_not_there_is_said(
    address: str, client: aiohttp.ClientSession, path: str
) -> None:
    async with client.get(f"http://{address}/api/{path}", headers=RIGHT) as answer:
        assert answer.status == 404
        assert "nobody" in (await answer.json())["error"]


async def test_the_command_line_asks_with_the_token_out_of_the_secrets(
    address: str, tmp_path: Path
) -> None:
    token = tmp_path / "api"
    token.write_text(TOKEN + "\n")
    said = await to_thread(ask, address, token, "calls", "c1", "explain")
    assert said["position"] == 1
    with pytest.raises(NotLiveError, match="nobody"):
        await to_thread(ask, address, token, "calls", "nobody", "explain")
    token.write_text("wrong\n")
    with pytest.raises(UserError, match=r"does not belong to the state directory"):
        await to_thread(ask, address, token, "calls")


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    token = tmp_path / "api"
    with pytest.raises(NotRunningError, match="--state-dir"):
        ask("127.0.0.1:1", token, "calls")
    token.write_text(TOKEN)
    with pytest.raises(NotRunningError, match="no server answers"):
        ask("127.0.0.1:1", token, "calls")
