"""Orders to the routing core: agents' states, a waiting call's priority.

`POST /api/agents/{agent}/log-in`, `.../log-out`, `.../ready`, `.../pause?reason=R`,
`.../extend-wrap-up?seconds=N`; `POST /api/calls/{call}/priority?points=N`.
"""

from collections.abc import Callable
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.acd.errors import (
    IllegalTransitionError,
    RoutingError,
    UnknownAgentError,
    UnknownCallError,
)
from ivr.acd.messages import ExtendWrapUp, LogIn, LogOut, Pause, Ready, Reprioritise
from ivr.model.ids import AgentId, CallId
from ivr.model.site import PRIORITY_MAX, Site
from ivr.service.orders import API, Order

SECONDS_MAX = 3600
"""Longest time to write up that one order gives."""

WORDS_MAX = 200
"""So much of an order that says nonsense goes on record."""


class BadOrderError(ValueError):
    """The order says too little, or something that cannot be."""


class Giving(Protocol):
    """Who gives orders to the core, and puts them on record."""

    def give(self, order: Order, by: str) -> None:
        """RoutingError: the core refuses it."""

    def refused(self, order: str, target: str, why: str, by: str, kind: str = "") -> None: ...


def order_routes(orders: Giving, site: Callable[[], Site]) -> list[web.RouteDef]:
    """`site` is the one in force, for its agents and pause reasons."""

    def agent(request: web.Request) -> AgentId:
        return AgentId(request.match_info["agent"])

    def pause(request: web.Request) -> Order:
        reason, known = request.query.get("reason", ""), site().pause_reasons.values()
        if reason not in known:
            raise BadOrderError(f"no pause reason {reason!r}; give one of {', '.join(known)}")
        return Pause(agent(request), reason)

    def extend(request: web.Request) -> Order:
        return ExtendWrapUp(agent(request), _number(request, "seconds", 1, SECONDS_MAX))

    def reprioritise(request: web.Request) -> Order:
        points = _number(request, "points", -PRIORITY_MAX, PRIORITY_MAX)
        return Reprioritise(CallId(request.match_info["call"]), points)

    def refused(request: web.Request, error: BadOrderError) -> None:
        """On record in full: what was asked for could not even be told to the core."""
        ((kind, target),) = request.match_info.items()
        order = f"{request.path.rpartition('/')[2]} {request.query_string}".strip()
        is_known = kind == "agent" and target in site().agents
        orders.refused(order[:WORDS_MAX], target, str(error), API, kind if is_known else "")

    def post(path: str, message: Callable[[web.Request], Order]) -> web.RouteDef:
        return web.post(path, _resource(orders, message, refused))

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


def _resource(
    orders: Giving,
    message: Callable[[web.Request], Order],
    refused: Callable[[web.Request, BadOrderError], None],
) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        try:
            orders.give(message(request), API)
        except (UnknownAgentError, UnknownCallError) as error:
            return web.json_response({"error": str(error)}, status=404)
        except IllegalTransitionError as error:
            return web.json_response({"error": str(error)}, status=409)
        except RoutingError as error:
            return web.json_response({"error": str(error)}, status=422)
        except BadOrderError as error:
            refused(request, error)
            return web.json_response({"error": str(error)}, status=422)
        return web.json_response({"done": True})

    return answer
