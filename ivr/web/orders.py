"""Orders to the routing core: agents' states, a waiting call's priority.

`POST /api/agents/{agent}/log-in`, `.../log-out`, `.../ready`, `.../pause?reason=R`,
`.../extend-wrap-up?seconds=N`; `POST /api/calls/{call}/priority?points=N`.
"""

from collections.abc import Callable
from typing import Annotated, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from ivr.acd.errors import (
    IllegalTransitionError,
    RoutingError,
    UnknownAgentError,
    UnknownCallError,
)
from ivr.acd.messages import ExtendWrapUp, LogIn, LogOut, Pause, Ready, Reprioritise
from ivr.model.access import Permission
from ivr.model.ids import AgentId, CallId
from ivr.model.site import PRIORITY_MAX, Site
from ivr.service.orders import Order
from ivr.web.answers import Asked, Done
from ivr.web.caller import caller_of
from ivr.web.routes import Route, Scope, given

SECONDS_MAX = 3600
"""Longest time to write up that one order gives."""

WORDS_MAX = 200
"""So much of an order that says nonsense goes on record."""


def _whole(value: object, info: ValidationInfo) -> object:
    """Refused in words that tell the limits."""
    least, most = LIMITS[str(info.field_name)]
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        value = int(value)
    if not isinstance(value, int) or not least <= value <= most:
        words = f"give a whole number from {least} to {most}, not {str(value)[:20]!r}"
        raise PydanticCustomError("whole_number", "{words}", {"words": words})
    return value


LIMITS = {"seconds": (1, SECONDS_MAX), "points": (-PRIORITY_MAX, PRIORITY_MAX)}


class PauseWanted(Asked):
    reason: Annotated[str, Field(max_length=40)] = ""
    """One of the site's pause reasons."""


class TimeWanted(Asked):
    seconds: Annotated[int, Field(ge=1, le=SECONDS_MAX), BeforeValidator(_whole)]


class PriorityWanted(Asked):
    points: Annotated[int, Field(ge=-PRIORITY_MAX, le=PRIORITY_MAX), BeforeValidator(_whole)]


class BadOrderError(ValueError):
    """The order says something that cannot be."""


class Giving(Protocol):
    """Who gives orders to the core, and puts them on record."""

    def give(self, order: Order, by: str) -> None:
        """RoutingError: the core refuses it."""

    def refused(self, order: str, target: str, why: str, by: str, kind: str = "") -> None: ...


def order_routes(orders: Giving, site: Callable[[], Site]) -> list[Route]:
    """`site` is the one in force, for its agents and pause reasons."""

    def agent(request: web.Request) -> AgentId:
        return AgentId(request.match_info["agent"])

    def pause(request: web.Request) -> Order:
        reason, known = given(request, PauseWanted).reason, site().pause_reasons.values()
        if reason not in known:
            raise BadOrderError(f"no pause reason {reason!r}; give one of {', '.join(known)}")
        return Pause(agent(request), reason)

    def extend(request: web.Request) -> Order:
        return ExtendWrapUp(agent(request), given(request, TimeWanted).seconds)

    def reprioritise(request: web.Request) -> Order:
        return Reprioritise(
            CallId(request.match_info["call"]), given(request, PriorityWanted).points
        )

    def refused(request: web.Request, why: str) -> None:
        """On record in full: what was asked for could not even be told to the core."""
        ((kind, target),) = request.match_info.items()
        order = f"{request.path.rpartition('/')[2]} {request.query_string}".strip()
        is_known = kind == "agent" and target in site().agents
        by = caller_of(request).name
        orders.refused(order[:WORDS_MAX], target, why, by, kind if is_known else "")

    def about_agent(
        word: str, summary: str, message: Message, query: type[BaseModel] | None = None
    ) -> Route:
        path = f"/api/agents/{{agent}}/{word}"
        handler = _resource(orders, message, refused)
        return _route(path, Permission.WORK, handler, Scope.AGENT, summary, query, refused)

    return [
        about_agent("log-in", "Log an agent in", lambda request: LogIn(agent(request))),
        about_agent("log-out", "Log an agent out", lambda request: LogOut(agent(request))),
        about_agent("ready", "End a pause or wrap-up", lambda request: Ready(agent(request))),
        about_agent("pause", "Pause, for one of the site's reasons", pause, PauseWanted),
        about_agent("extend-wrap-up", "More time to write up", extend, TimeWanted),
        _route(
            "/api/calls/{call}/priority",
            Permission.DIRECT,
            _resource(orders, reprioritise, refused),
            Scope.HOUSE,
            "Points of priority for a waiting call",
            PriorityWanted,
            refused,
        ),
    ]


Message = Callable[[web.Request], Order]
Refused = Callable[[web.Request, str], None]


def _route(
    path: str,
    permission: Permission,
    handler: Handler,
    scope: Scope,
    summary: str,
    query: type[BaseModel] | None,
    refused: Refused,
) -> Route:
    return Route(
        "POST",
        path,
        permission,
        handler,
        scope,
        summary=summary,
        query=query,
        answer=Done,
        errors={
            404: "there is no such agent, or the call waits in no queue",
            409: "not possible in the agent's state",
            422: "the order cannot be",
        },
        invalid=refused,
    )


def _resource(orders: Giving, message: Message, refused: Refused) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        try:
            orders.give(message(request), caller_of(request).name)
        except (UnknownAgentError, UnknownCallError) as error:
            return web.json_response({"error": str(error)}, status=404)
        except IllegalTransitionError as error:
            return web.json_response({"error": str(error)}, status=409)
        except RoutingError as error:
            return web.json_response({"error": str(error)}, status=422)
        except BadOrderError as error:
            refused(request, str(error))
            return web.json_response({"error": str(error)}, status=422)
        return web.json_response({"done": True})

    return answer
