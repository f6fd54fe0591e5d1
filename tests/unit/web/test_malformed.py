"""What is no HTTP: answered like everything else, counted, and a line a minute in the log."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from ivr.metrics import web as metrics
from ivr.model.access import Permission
from ivr.web import WebServer, make_app
from ivr.web.door import Door
from ivr.web.refusals import QUIET_S, REASONS, Refusals
from ivr.web.routes import Route
from tests.unit.web.house import WELL
from tests.unit.web.test_bodies import Name, hello

HOSTLESS = b"GET /health HTTP/1.1\r\n\r\n"
HEAD = b"POST /name HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
MALFORMED = {
    "no Host": HOSTLESS,
    "two Hosts": b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "no method": b"\x16\x03\x01\x00\xff\xfe\r\n\r\n",
    "a header without a name": b"GET /health HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
    "a long header": b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 10_000 + b"\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "broken parts": HEAD + b"Transfer-Encoding: chunked\r\n\r\nno number\r\n",
    "broken parts later": HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nno number\r\n",
}


async def gone(_request: web.Request) -> web.Response:
    """As it ends for who asks and does not stay for the answer."""
    raise ConnectionResetError("Cannot write to closing transport")


class House:
    def __init__(self) -> None:
        self.now, self.counted = 1000.0, list[str]()
        refusals = Refusals(self.counted.append, lambda: self.now)
        routes = [
            Route("POST", "/name", Permission.ANYBODY, hello, body=Name),
            Route("GET", "/gone", Permission.ANYBODY, gone),
        ]
        app = make_app(lambda: b"", lambda: WELL, routes, door=Door(refusals=refusals))
        self.server = WebServer(app, "127.0.0.1", 0)

    async def answers(self, said: bytes) -> str:
        """Until the server ends the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        writer.write(said)
        async with asyncio.timeout(5):
            answer = await reader.read()
        writer.close()
        return answer.decode()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.server.start()
    yield house
    await house.server.close()


@pytest.mark.parametrize("title", MALFORMED)
async def test_what_is_no_http_is_answered_in_words_and_leaves_no_traceback(
    house: House, caplog: pytest.LogCaptureFixture, title: str
) -> None:
    with capture_logs() as logs:
        answer = await house.answers(MALFORMED[title])
    assert answer.partition("\r\n")[0].endswith(" 400 Bad Request")
    assert "\r\nServer: ivr\r\n" in answer
    assert "\r\nX-Content-Type-Options: nosniff\r\n" in answer
    assert '{"error": "' in answer
    assert "aiohttp" not in answer.lower()
    assert caplog.records == []
    assert len(logs) <= 1
    assert all("exc_info" not in line for line in logs)


async def test_hundreds_of_them_are_counted_and_a_line_a_minute_in_the_log(house: House) -> None:
    with capture_logs() as logs:
        for _ in range(200):
            await house.answers(HOSTLESS)
        house.now += QUIET_S
        await house.answers(HOSTLESS)
    assert house.counted == ["malformed"] * 201
    assert logs == [
        {
            "event": "not served",
            "log_level": "warning",
            "reason": "malformed",
            "address": "127.0.0.1",
            "others_since": others,
        }
        for others in (0, 199)
    ]


async def test_who_does_not_stay_for_the_answer_leaves_no_traceback(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    assert await house.answers(b"GET /gone HTTP/1.1\r\nHost: x\r\n\r\n") == ""
    assert caplog.records == []


def test_the_metric_knows_every_reason() -> None:
    assert metrics.REASONS == REASONS
