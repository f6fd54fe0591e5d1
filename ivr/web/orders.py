"""Orders to the routing core: agents' states, a waiting call's priority.

`POST /api/agents/{agent}/log-in`, `.../log-out`, `.../ready`, `.../pause?reason=R`,
`.../extend-wrap-up?seconds=N`; `POST /api/calls/{call}/priority?points=N`.
"""

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.acd.errors import (
    IllegalTransitionError,
    RoutingError,
    UnknownAgentError,
    UnknownCallError,
)
from ivr.acd.messages import ExtendWrapUp, Input, LogIn, LogOut, Pause, Ready, Reprioritise
from ivr.model.ids import AgentId, CallId
from ivr.model.site import PRIORITY_MAX, Site

SECONDS_MAX = 3600
"""Longest time to write up that one order gives."""


class BadOrderError(ValueError):
    """The order says too little, or something that cannot be."""


def order_routes(feed: Callable[[Input], None], site: Callable[[], Site]) -> list[web.RouteDef]:
    """`feed` tells the core; `site` is the one in force, for its pause reasons."""

    def agent(request: web.Request) -> AgentId:
        return AgentId(request.match_info["agent"])

    def pause(request: web.Request) -> Input:
        reason, known = request.query.get("reason", ""), site().pause_reasons.values()
        if reason not in known:
            raise BadOrderError(f"no pause reason {reason!r}; give one of {', '.join(known)}")
        return Pause(agent(request), reason)

    def extend(request: web.Request) -> Input:
        return ExtendWrapUp(agent(request), _number(request, "seconds", 1, SECONDS_MAX))

    def reprioritise(request: web.Request) -> Input:
        points = _number(request, "points", -PRIORITY_MAX, PRIORITY_MAX)
        return Reprioritise(CallId(request.match_info["call"]), points)

    def post(path: str, message: Callable[[web.Request], Input]) -> web.RouteDef:
        return web.post(path, _resource(feed, message))

    return [
        post("/api/agents/{agent}/log-in", lambda request: LogIn(agent(request))),
        post("/api/agents/{agent}/log-out", lambda request: LogOut(agent(request))),
        post("/api/agents/{agent}/ready", lambda request: Ready(agent(request))),
        post("/api/agents/{agent}/pause", pause),
        post("/api/agents/{agent}/extend-wrap-up", extend),
        post("/api/calls/{call}/priority", reprioritise),
    ]


def _number(request: web.Request, name: str, least: int, most: int) -> int:
    text = request.query.get(name, "")
    if not text.removeprefix("-").isdecimal() or not least <= int(text) <= most:
        raise BadOrderError(f"{name}={text!r}; give a whole number from {least} to {most}")
    return int(text)


def _resource(feed: Callable[[Input], None], message: Callable[[web.Request], Input]) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        try:
            feed(message(request))
        except (UnknownAgentError, UnknownCallError) as error:
            return web.json_response({"error": str(error)}, status=404)
        except IllegalTransitionError as error:
            return web.json_response({"error": str(error)}, status=409)
        except (RoutingError, BadOrderError) as error:
            return web.json_response({"error": str(error)}, status=422)
        return web.json_response({"done": True})

    return answer
