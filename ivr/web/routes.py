"""The one way to add to the web side: a Route, which cannot be without a permission.

The application is made from Routes alone; so is what tells about it (`/api/openapi.json`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel

from ivr.model.access import Permission

API = "/api/"


class Scope(StrEnum):
    """What is checked beside the permission, before the handler runs."""

    HOUSE = "house"
    """Nothing: what the answer tells of agents, the handler keeps within `caller.reaches`."""
    AGENT = "agent"
    """The `{agent}` of the path: oneself, or somebody of one's teams."""


@dataclass(frozen=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    permission: Permission
    handler: Handler
    scope: Scope = Scope.HOUSE
    summary: str = ""
    """One line for the reference; everything below `/api/` has one."""
    query: type[BaseModel] | None = None
    """Validates the query; the handler takes it with `given`."""
    body: type[BaseModel] | None = None
    """Validates the JSON body; the handler takes it with `given`."""
    answer: type[BaseModel] | None = None
    """Shape of a JSON answer with status 200."""
    media: str = "application/json"
    """Type of the answer."""
    errors: Mapping[int, str] = field(default_factory=dict)
    """Status -> when; those of the guard (401, 403, 415, 422) are added where they can come."""
    invalid: Callable[[web.Request, str], None] | None = None
    """Told what is wrong with a query or body that never comes to the handler."""


GIVEN = web.RequestKey("given", dict)
M = TypeVar("M", bound=BaseModel)


def given(request: web.Request, model: type[M]) -> M:
    """The query or body that the route declared with this model, validated."""
    found = request[GIVEN][model]
    assert isinstance(found, model)
    return found


Table = Mapping[web.AbstractRoute, Route]
"""What aiohttp found for a request -> what was declared for it."""


def checked(routes: Iterable[Route]) -> list[Route]:
    """TypeError for something that declares no permission, ValueError for a route that is there
    twice or whose scope names nothing in its path."""
    kept: dict[tuple[str, str], Route] = {}
    for route in routes:
        if not isinstance(route, Route) or not isinstance(route.permission, Permission):
            raise TypeError(f"{route!r} declares no permission")
        if (route.method, route.path) in kept:
            raise ValueError(f"{route.method} {route.path} is there twice")
        if route.scope is Scope.AGENT and "{agent}" not in route.path:
            raise ValueError(f"{route.method} {route.path} names no agent to check")
        kept[route.method, route.path] = route
    return list(kept.values())
