"""/metrics and /health over real HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from ivr.model.access import Permission
from ivr.model.errors import UserError
from ivr.web import Health, WebServer, make_app
from ivr.web.routes import Route

WELL = Health(ami=True, journal=True, journal_backlog=0, uptime_s=12.34)


class House:
    """A server whose health the test decides."""

    def __init__(self) -> None:
        self.health = WELL
        app = make_app(lambda: [b"# ", b"nothing\n"], lambda: self.health)
        self.server = WebServer(app, "127.0.0.1", 0)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.port}{path}"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.server.start()
    yield house
    await house.server.close()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_metrics_come_as_prometheus_text(house: House, client: aiohttp.ClientSession) -> None:
    async with client.get(house.url("/metrics")) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        assert await answer.text() == "# nothing\n"


@pytest.mark.parametrize(
    ("health", "code", "status"),
    [
        (WELL, 200, "ok"),
        (replace(WELL, journal=False, journal_backlog=7), 200, "degraded"),
        (replace(WELL, turning_away=("calls",)), 200, "overloaded"),
        (replace(WELL, ami=False), 503, "down"),
    ],
)
async def test_health_says_whether_calls_can_be_taken(
    house: House, client: aiohttp.ClientSession, health: Health, code: int, status: str
) -> None:
    house.health = health
    async with client.get(house.url("/health")) as answer:
        assert answer.status == code
        assert await answer.json() == {
            "status": status,
            "ami": health.ami,
            "journal": health.journal,
            "journal_backlog": health.journal_backlog,
            "uptime_s": 12.3,
            "calls": 0,
            "calls_max": None,
            "turning_away": list(health.turning_away),
            "turned_away": 0,
            "used": {},
        }


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/metrics", 200),
        ("GET", "/health", 200),
        ("GET", "/", 404),
        ("POST", "/health", 405),
    ],
)
async def test_every_answer_carries_the_security_headers(
    house: House, client: aiohttp.ClientSession, method: str, path: str, code: int
) -> None:
    async with client.request(method, house.url(path)) as answer:
        assert answer.status == code
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Server"] == "ivr"


async def test_a_page_runs_no_script_that_stands_in_it_and_may_be_kept(
    client: aiohttp.ClientSession,
) -> None:
    async def page(_request: web.Request) -> web.Response:
        kept = {"Cache-Control": "no-cache"}
        return web.Response(text="<!doctype html>", content_type="text/html", headers=kept)

    routes = [Route("GET", "/", Permission.ANYBODY, page)]
    server = WebServer(make_app(lambda: b"", lambda: WELL, routes), "127.0.0.1", 0)
    await server.start()
    async with client.get(f"http://127.0.0.1:{server.port}/") as answer:
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert answer.headers["Cache-Control"] == "no-cache"
    await server.close()
    assert {"default-src 'none'", "script-src 'self'", "base-uri 'none'"} <= set(policy)
    assert "unsafe" not in str(policy)


async def test_a_huge_header_is_refused_and_the_server_goes_on(
    house: House, client: aiohttp.ClientSession
) -> None:
    async with client.get(house.url("/health"), headers={"X-Big": "x" * 10_000}) as answer:
        assert answer.status == 400
    async with client.get(house.url("/health")) as answer:
        assert answer.status == 200


async def test_a_port_taken_is_said_in_one_sentence(house: House) -> None:
    app = make_app(lambda: b"", lambda: WELL)
    second = WebServer(app, "127.0.0.1", house.server.port)
    with pytest.raises(UserError, match=r"cannot listen on 127\.0\.0\.1:\d+: .*--http-port"):
        await second.start()
