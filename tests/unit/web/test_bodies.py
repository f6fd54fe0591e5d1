"""Bodies of requests: what nobody could sensibly send costs nothing and is told in words."""

import gzip
import time
import zlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from ivr.model.access import Permission
from ivr.web import WebServer, make_app
from ivr.web.answers import Asked
from ivr.web.routes import Route, given
from tests.unit.web.house import WELL

BOMB = gzip.compress(b"\0" * 60_000_000, mtime=0)
"""58 KB that would become 60 MB."""


class Name(Asked):
    name: str


async def hello(request: web.Request) -> web.Response:
    return web.json_response({"hello": given(request, Name).name})


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    routes = [Route("POST", "/name", Permission.ANYBODY, hello, body=Name)]
    server = WebServer(make_app(lambda: b"", lambda: WELL, routes), "127.0.0.1", 0)
    await server.start()
    yield server
    await server.close()


async def post(
    server: WebServer, body: bytes, encoding: str, path: str = "/name"
) -> tuple[int, str]:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    url = f"http://127.0.0.1:{server.port}{path}"
    async with (
        aiohttp.ClientSession() as client,
        client.post(url, data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b'{"name": "Ann"}', mtime=0), "gzip"),
        (b"no gzip at all", "gzip"),
        (zlib.compress(b'{"name": "Ann"}'), "deflate"),
        (b'{"name": "Ann"}', "br"),
        (b'{"name": "Ann"}', "identity, gzip"),
    ],
)
async def test_a_packed_body_is_refused_in_words(
    server: WebServer, body: bytes, encoding: str
) -> None:
    status, said = await post(server, body, encoding)
    assert (status, "send the body as it is, without Content-Encoding" in said) == (415, True)


async def test_a_body_that_is_said_to_be_plain_is_read(server: WebServer) -> None:
    assert await post(server, b'{"name": "Ann"}', "Identity") == (200, '{"hello": "Ann"}')


@pytest.mark.parametrize("path", ["/name", "/nowhere"])
async def test_a_small_body_that_would_become_a_huge_one_is_never_unpacked(
    server: WebServer, path: str
) -> None:
    """Anybody may send one; unpacking would hold up every call."""
    before = time.process_time()
    for _ in range(3):
        assert (await post(server, BOMB, "gzip", path))[0] in (404, 415)
    assert time.process_time() - before < 0.2
