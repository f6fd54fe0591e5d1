"""Listening in by a click: `POST /api/agents/{agent}/listen` rings the supervisor's own phone;
`POST /api/supervision/mode/{mode}` and `.../end` act on what it listens to."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.model.access import Permission
from ivr.model.errors import TelephonyError
from ivr.model.ids import AgentId
from ivr.service.listening import ListeningRefusedError, NotListeningError
from ivr.service.supervision import Still
from ivr.web.answers import Done
from ivr.web.caller import caller_of
from ivr.web.guard import still_may
from ivr.web.routes import Route, Scope


class Listening(Protocol):
    """What can be asked for; each raises TelephonyError when Asterisk does not do it."""

    async def begin(self, supervisor: AgentId, target: AgentId, still: Still) -> None:
        """ListeningRefusedError says why not."""

    async def switch(self, supervisor: AgentId, mode: str) -> None:
        """NotListeningError."""

    async def end(self, supervisor: AgentId) -> None:
        """NotListeningError."""


def supervision_routes(listening: Listening) -> list[Route]:
    async def listen(request: web.Request) -> None:
        target = AgentId(request.match_info["agent"])
        await listening.begin(_own(request), target, lambda: still_may(request))

    async def mode(request: web.Request) -> None:
        await listening.switch(_own(request), request.match_info["mode"])

    async def end(request: web.Request) -> None:
        await listening.end(_own(request))

    return [
        _route("agents/{agent}/listen", listen, "Listen in, on one's own phone", Scope.AGENT),
        _route("supervision/mode/{mode}", mode, "To `listen`, `whisper` or `barge`, at once"),
        _route("supervision/end", end, "Listen no more"),
    ]


def _own(request: web.Request) -> AgentId:
    """Whose phone it is about; empty for an account that is nobody of the site."""
    return AgentId(caller_of(request).agent)


def _route(
    path: str,
    order: Callable[[web.Request], Awaitable[None]],
    summary: str,
    scope: Scope = Scope.HOUSE,
) -> Route:
    return Route(
        "POST",
        f"/api/{path}",
        Permission.SUPERVISE,
        _resource(order),
        scope,
        summary=summary,
        answer=Done,
        errors={409: "not possible now", 502: "Asterisk did not do it"},
    )


def _resource(order: Callable[[web.Request], Awaitable[None]]) -> Handler:
    async def post(request: web.Request) -> web.Response:
        try:
            await order(request)
        except (ListeningRefusedError, NotListeningError) as error:
            return web.json_response({"error": str(error)}, status=409)
        except TelephonyError as error:
            return web.json_response({"error": str(error)}, status=502)
        return web.json_response({"done": True})

    return post
