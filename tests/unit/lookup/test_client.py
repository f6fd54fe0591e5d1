"""Asking real servers on the loopback, most of which misbehave."""

import asyncio
import ssl
import subprocess
import time
from pathlib import Path

import pytest
from aiohttp import web

from ivr.lookup import client
from ivr.lookup.breaker import FAILURES_MAX
from ivr.model.errors import UserError
from ivr.model.lookups import Outcome
from ivr.model.site import HttpTarget
from tests.unit.lookup.systems import asking, peer, question, system


def answering(status: int = 200, text: str = "{}") -> object:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type="application/json")

    return handler


async def test_what_was_asked_arrives_and_the_answer_comes_back() -> None:
    seen: list[tuple[str, str, object, str]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(
            (request.method, request.raw_path, await request.json(), request.headers["X-Key"])
        )
        return web.json_response({"tier": "gold"})

    async with system(handler) as url, asking(url + "/api/", headers={"X-Key": "7"}) as lookups:
        answer = await lookups.ask(
            question("/c/a%2Fb", method="POST", query={"q": "x&y=1 z"}, body={"n": 1})
        )
    assert (answer.outcome, answer.status, answer.body) == ("answered", 200, {"tier": "gold"})
    assert seen == [("POST", "/api/c/a%2Fb?q=x%26y%3D1+z", {"n": 1}, "7")]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (204, Outcome.ANSWERED),
        (302, Outcome.REFUSED),
        (401, Outcome.REFUSED),
        (404, Outcome.NOT_FOUND),
        (503, Outcome.FAILED),
    ],
)
async def test_a_status_says_what_became_of_it(status: int, outcome: Outcome) -> None:
    async with system(answering(status, "")) as url, asking(url) as lookups:
        answer = await lookups.ask(question())
    assert (answer.outcome, answer.status, answer.body) == (outcome, status, None)


async def test_nobody_is_followed_to_another_address() -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    async with system(handler) as url, asking(url) as lookups:
        await lookups.ask(question("/here"))
    assert asked == ["/here"]


@pytest.mark.parametrize(
    "text",
    [
        "<html>",
        '{"a": NaN}',
        "[" * 60000,
        '{"a": ' + "9" * 5000 + "}",
        '"' + "x" * 70000 + '"',
        '{"a":',
        "\x00",
    ],
    ids=["no JSON", "not a number", "nested", "a huge number", "too long", "half", "NUL"],
)
async def test_an_answer_nobody_can_use_is_a_bad_answer(text: str) -> None:
    async with system(answering(200, text)) as url, asking(url) as lookups:
        assert (await lookups.ask(question())).outcome == Outcome.BAD_ANSWER


async def test_of_an_endless_answer_little_is_read() -> None:
    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with peer(pour) as url, asking(url) as lookups:
        assert (await lookups.ask(question())).outcome == Outcome.BAD_ANSWER


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(65536)
    await asyncio.get_running_loop().create_future()


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\xff\xfe what is HTTP?\r\n\r\n")
    await writer.drain()


async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a": 1')
    await writer.drain()


async def long_header(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n{}")
    await writer.drain()


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("conversation", "outcome"),
    [
        (silent, Outcome.TIMEOUT),
        (dripping, Outcome.TIMEOUT),
        (garbage, Outcome.UNREACHABLE),
        (half, Outcome.UNREACHABLE),
        (long_header, Outcome.UNREACHABLE),
    ],
)
async def test_whatever_a_system_does_the_answer_is_there_in_time(
    conversation: object, outcome: Outcome
) -> None:
    began = time.monotonic()
    async with peer(conversation) as url, asking(url) as lookups:
        answer = await lookups.ask(question(timeout_s=0.3))
    assert answer.outcome == outcome
    assert time.monotonic() - began < 5


async def test_nobody_there_is_unreachable() -> None:
    async with asking("http://127.0.0.1:9") as lookups:
        answer = await lookups.ask(question())
    assert (answer.outcome, answer.status) == (Outcome.UNREACHABLE, 0)


async def test_a_failure_is_tried_again_as_often_as_asked_for() -> None:
    statuses = [503, 500, 200]

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"n": 1}, status=statuses.pop(0))

    async with system(handler) as url, asking(url) as lookups:
        answer = await lookups.ask(question(retries=2))
    assert (answer.outcome, answer.attempts) == (Outcome.ANSWERED, 3)


async def test_what_was_refused_is_not_tried_again() -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=400)

    async with system(handler) as url, asking(url) as lookups:
        await lookups.ask(question(retries=3))
    assert asked == ["/"]


async def test_who_keeps_failing_is_left_alone_and_costs_nobody_time() -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=500)

    async with system(handler) as url, asking(url) as lookups:
        outcomes = [(await lookups.ask(question())).outcome for _ in range(FAILURES_MAX + 3)]
    assert outcomes == [Outcome.FAILED] * FAILURES_MAX + [Outcome.SUSPENDED] * 3
    assert len(asked) == FAILURES_MAX


async def test_a_slow_system_holds_up_no_other() -> None:
    async with peer(silent) as slow, system(answering()) as quick, asking(slow) as lookups:
        targets = {"crm": HttpTarget(url=slow), "shop": HttpTarget(url=quick)}
        await lookups.use(lookups.read(targets))
        waiting = [asyncio.create_task(lookups.ask(question(timeout_s=3))) for _ in range(30)]
        answer = await lookups.ask(client.LookupRequest("shop", "GET", "/", timeout_s=2))
        assert answer.outcome == Outcome.ANSWERED
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_turns_are_waited_for_within_the_time_only() -> None:
    async with peer(silent) as url, asking(url, at_once_max=1) as lookups:
        first = asyncio.create_task(lookups.ask(question(timeout_s=0.5)))
        second = asyncio.create_task(lookups.ask(question(timeout_s=0.1)))
        assert (await second).outcome == Outcome.TIMEOUT
        assert not first.done()
        assert (await first).outcome == Outcome.TIMEOUT


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate that vouches for itself, and what a server needs to show it."""
    directory = tmp_path_factory.mktemp("tls")
    key, file = directory / "key.pem", directory / "cert.pem"
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
    made += "-subj /CN=crm -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        ["openssl", *made.split(), "-keyout", key, "-out", file], check=True, capture_output=True
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(file, key)
    return file, shown


async def test_a_certificate_nobody_vouches_for_is_refused(
    certificate: tuple[Path, ssl.SSLContext],
) -> None:
    file, shown = certificate
    async with system(answering(), shown) as url:
        async with asking(url) as lookups:
            assert (await lookups.ask(question())).outcome == Outcome.UNREACHABLE
        async with asking(url, ca_file=str(file)) as lookups:
            assert (await lookups.ask(question())).outcome == Outcome.ANSWERED


async def test_a_missing_certificate_is_told_before_any_call() -> None:
    with pytest.raises(UserError, match=r"/nowhere/ca.pem: no certificates"):
        async with asking("https://127.0.0.1:1", ca_file="/nowhere/ca.pem"):
            pass


async def test_a_call_on_an_older_site_asks_nobody_who_is_gone() -> None:
    async with asking("http://127.0.0.1:9") as lookups:
        await lookups.use({})
        assert (await lookups.ask(question())).outcome == Outcome.NOT_SENT


async def test_a_system_that_likes_to_compress_is_asked_not_to() -> None:
    async def handler(request: web.Request) -> web.Response:
        response = web.json_response({"tier": "gold" * 500})
        response.enable_compression()
        return response

    async with system(handler) as url, asking(url) as lookups:
        assert (await lookups.ask(question())).outcome == Outcome.ANSWERED


async def test_repeats_leave_the_first_attempt_all_the_time_there_is() -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(0.06)
        return web.json_response({})

    async with system(handler) as url, asking(url) as lookups:
        answer = await lookups.ask(question(timeout_s=0.1, retries=3))
    assert (answer.outcome, answer.attempts) == (Outcome.ANSWERED, 1)


async def test_flows_in_a_hurry_spoil_nobodys_look_ups() -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(0.05)
        return web.json_response({})

    async with system(handler) as url, asking(url) as lookups:
        for _ in range(FAILURES_MAX + 1):
            assert (await lookups.ask(question(timeout_s=0.01))).outcome == Outcome.TIMEOUT
        assert (await lookups.ask(question())).outcome == Outcome.ANSWERED


async def test_a_reload_keeps_who_is_as_before_and_what_is_known_of_them() -> None:
    async with asking("http://127.0.0.1:9") as lookups:
        for _ in range(FAILURES_MAX):
            await lookups.ask(question())
        await lookups.use(lookups.read({"crm": HttpTarget(url="http://127.0.0.1:9")}))
        assert (await lookups.ask(question())).outcome == Outcome.SUSPENDED
        await lookups.use(lookups.read({"crm": HttpTarget(url="http://127.0.0.1:10")}))
        assert (await lookups.ask(question())).outcome == Outcome.UNREACHABLE
