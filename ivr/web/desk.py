"""An agent's own desk: `GET /api/desk` tells it live, `GET /api/desk/phone` gives the account of
their phone in the browser, and `GET /ws/phone` is its line (`ivr/web/phone.py`)."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import hdrs, web

from ivr.model.access import Permission
from ivr.model.errors import UserError
from ivr.model.site import Agent, Site
from ivr.service.console.desks import Desks
from ivr.service.console.live import TooManyReadersError
from ivr.web.answers import Answer
from ivr.web.caller import Caller, caller_of
from ivr.web.guard import still_may
from ivr.web.phone import Lines
from ivr.web.routes import Route
from ivr.web.session import NOT_BY_COOKIE
from ivr.web.stream import STREAM, WRITE_S

IN_A_CALL = "this phone is in a call, in another page"
LINE = "/ws/phone"
LOOK_S = 2.0
"""What no event tells, such as a phone that is out of reach, is looked for so often."""
BEAT_S = 5.0
"""Something is sent at least so often, and so often it is asked whether they still may read."""
NOBODY_OF_THE_SITE = "your account is no agent of the site: `ivr user role NAME --agent KEY`"
NOT_YOURS = "who asks has not signed in as an agent whose phone is in the browser"
NO_BROWSER_PHONE = "your phone is not in the browser: `phone: browser` in site.yaml makes it so"


class PhoneAccount(Answer):
    """What the phone in the browser signs in with."""

    extension: str
    """SIP user."""
    password: str
    path: str
    """Where its WebSocket is."""


@dataclass(frozen=True)
class DeskParts:
    """What a desk is made of."""

    desks: Desks
    lines: Lines
    site: Callable[[], Site]
    password_of: Callable[[str], str]
    """SIP password of an extension; UserError."""
    noted: Callable[[Caller, web.Request, str], None]
    """For the audit: that somebody was given this extension's password."""


def desk_routes(parts: DeskParts) -> list[Route]:
    def own(request: web.Request) -> Agent | None:
        return parts.site().agents.get(caller_of(request).agent)

    def with_phone(request: web.Request) -> Agent | web.Response:
        """The agent who asks, in a session of theirs, with a phone in the browser; else why not.

        Whoever opens another page takes the phone over, but never out of a talk.
        """
        agent = own(request)
        if not caller_of(request).by_cookie:
            return _not_possible(NOT_BY_COOKIE)
        if agent is None:
            return _not_possible(NOBODY_OF_THE_SITE)
        if agent.phone != "browser":
            return _not_possible(NO_BROWSER_PHONE)
        if parts.lines.has(agent.extension) and parts.desks.talks(caller_of(request).agent):
            return web.json_response({"error": IN_A_CALL}, status=423)
        return agent

    async def desk(request: web.Request) -> web.StreamResponse:
        if own(request) is None:
            return _not_possible(NOBODY_OF_THE_SITE)
        try:
            with parts.desks.page(caller_of(request).agent) as news:
                return await _answer(request, parts.desks, news)
        except TooManyReadersError as error:
            return web.json_response({"error": str(error)}, status=503)

    async def phone(request: web.Request) -> web.Response:
        agent = with_phone(request)
        if isinstance(agent, web.Response):
            return agent
        try:
            password = parts.password_of(agent.extension)
        except UserError:
            return web.json_response({"error": "the phone's password cannot be read"}, status=503)
        parts.noted(caller_of(request), request, agent.extension)
        account = PhoneAccount(extension=agent.extension, password=password, path=LINE)
        return web.Response(text=account.model_dump_json(), content_type="application/json")

    async def line(request: web.Request) -> web.StreamResponse:
        agent = with_phone(request)
        if isinstance(agent, web.Response):
            return agent
        return await parts.lines.serve(request, agent.extension)

    nobody = {409: "who is signed in is no agent of the site"}
    return [
        Route(
            "GET",
            "/api/desk",
            Permission.WORK,
            desk,
            summary="One's own desk as a stream of events, each the whole of it",
            media=STREAM,
            errors={**nobody, 503: "as many pages show this desk as may"},
        ),
        Route(
            "GET",
            "/api/desk/phone",
            Permission.WORK,
            phone,
            summary="SIP account of one's own phone in the browser",
            answer=PhoneAccount,
            errors={409: NOT_YOURS, 423: IN_A_CALL, 503: "the password cannot be read"},
        ),
        Route(
            "GET",
            LINE,
            Permission.WORK,
            line,
            summary="SIP over WebSocket (subprotocol `sip`), for one's own phone in the browser",
            errors={
                409: NOT_YOURS,
                423: IN_A_CALL,
                426: "no WebSocket with the subprotocol `sip`",
                502: "Asterisk is out of reach",
                503: "as many phones are connected as may, or the server ends",
            },
        ),
    ]


def _not_possible(why: str) -> web.Response:
    return web.json_response({"error": why}, status=409)


async def _answer(request: web.Request, desks: Desks, news: asyncio.Event) -> web.StreamResponse:
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: STREAM, "X-Accel-Buffering": "no"})
    await response.prepare(request)
    if request.method != hdrs.METH_HEAD:
        with suppress(TimeoutError, ConnectionError):  # gone, or as good as
            await _tell(request, response, desks, news)
    return response


async def _tell(
    request: web.Request, response: web.StreamResponse, desks: Desks, news: asyncio.Event
) -> None:
    loop = asyncio.get_running_loop()
    agent = caller_of(request).agent
    shown, told_at, asked_at = "", 0.0, loop.time()
    while not desks.closed:
        text = json.dumps(desks.of(agent), separators=(",", ":"))
        if text != shown or loop.time() - told_at >= BEAT_S:
            shown, told_at = text, loop.time()
            data = f'{{"now":{desks.now():.3f},{text[1:]}'
            async with asyncio.timeout(WRITE_S):
                await response.write(f"event: desk\ndata: {data}\n\n".encode())
        await desks.wait(news, LOOK_S)
        if loop.time() - asked_at >= BEAT_S:
            asked_at = loop.time()
            if not await still_may(request):
                return
