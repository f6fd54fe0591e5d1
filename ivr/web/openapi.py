"""The OpenAPI description: from the routes and the models that validate, never by hand."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, cast

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from ivr import __version__
from ivr.model.access import Permission
from ivr.web.api import Parts, api_routes
from ivr.web.csrf import SAFE
from ivr.web.guard import COOKIE
from ivr.web.health import Health
from ivr.web.open import open_routes
from ivr.web.routes import API, Route, Scope

PATH = "/api/openapi.json"
_REF = "#/components/schemas/{model}"
Json = dict[str, Any]
_MEANING: Mapping[Permission, str] = {
    Permission.ANYBODY: "Nobody has to sign in.",
    Permission.SIGNED_IN: "Asks for a sign-in or a token.",
}


_WAYS_IN: list[Json] = [{"token": []}, {"session": []}]


class Error(BaseModel):
    """What is wrong, and what to do."""

    error: str


def openapi_route(routes: Iterable[Route]) -> Route:
    """Serves the description of these and of itself, made when it is asked for first."""

    @cache
    def text() -> str:
        return as_text([*routes, own])

    async def get(_request: web.Request) -> web.Response:
        return web.Response(text=text(), content_type="application/json")

    summary = "This description, in OpenAPI's own format"
    own = Route("GET", PATH, Permission.SIGNED_IN, get, summary=summary)
    return own


def reference() -> str:
    """The description of a whole server, without one."""
    nothing = cast("Any", _Nothing())
    parts = Parts(**{field.name: nothing for field in fields(Parts)})
    health = Health(ami=True, journal=True, journal_backlog=0, uptime_s=0.0)
    routes = [*open_routes(lambda: (), lambda: health), *api_routes(parts)]
    return as_text([*routes, openapi_route(routes)])


def as_text(routes: Iterable[Route]) -> str:
    return json.dumps(document(routes), indent=2, ensure_ascii=False) + "\n"


def document(routes: Iterable[Route]) -> Json:
    """OpenAPI 3.1; of what lies outside `/api/` only what says what it is."""
    told = [route for route in routes if route.summary]
    modes: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Error, "serialization"): None}
    for route in told:
        if route.body is not None:
            modes[route.body, "validation"] = None
        if route.answer is not None:
            modes[route.answer, "serialization"] = None
    refs, schemas = models_json_schema(list(modes), ref_template=_REF)
    paths: dict[str, Json] = {}
    for route in told:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ivr",
            "version": __version__,
            "description": "The web side of the contact-centre server.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
    }


Refs = Mapping[Any, Json]
"""(model, mode) -> reference to its schema."""


def _operation(route: Route, refs: Refs) -> Json:
    found: Json = {
        "operationId": _name(route),
        "summary": route.summary,
        "description": _description(route),
        "x-permission": route.permission.value,
        "x-scope": route.scope.value,
        "security": []
        if route.permission is Permission.ANYBODY
        else [{"token": []}, {"session": []}],
    }
    if parameters := [*_in_path(route), *_in_query(route)]:
        found["parameters"] = parameters
    if route.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": refs[route.body, "validation"]}},
        }
    answers = {str(code): _problem(words, refs) for code, words in sorted(_errors(route).items())}
    found["responses"] = {"200": _success(route, refs), **answers}
    return found


def _name(route: Route) -> str:
    """`get_agents_agent_why_not_call`: unique, because method and path are."""
    words = re.sub(r"[^a-z0-9]+", "_", route.path.removeprefix(API).lower()).strip("_")
    return f"{route.method.lower()}_{words}"


def _description(route: Route) -> str:
    asks = _MEANING.get(route.permission, f"Asks for the permission `{route.permission}`.")
    if route.scope is Scope.AGENT:
        asks += " The agent has to be oneself, or in a team of one's own; managers reach all."
    return asks


def _in_path(route: Route) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{([a-z_]+)[:}]", route.path)
    ]


def _in_query(route: Route) -> list[Json]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, **_described(one)}
        for name, one in schema["properties"].items()
    ]


def _described(schema: Json) -> Json:
    """A parameter's description stands beside its schema."""
    words = schema.pop("description", None)
    return {**({"description": words} if words else {}), "schema": schema}


def _success(route: Route, refs: Refs) -> Json:
    schema = {"type": "string"} if route.media.startswith("text/") else {"type": "object"}
    shape = refs[route.answer, "serialization"] if route.answer is not None else schema
    return {"description": "Done", "content": {route.media: {"schema": shape}}}


def _errors(route: Route) -> dict[int, str]:
    """Those of the guard as far as they can come, and the route's own."""
    found: dict[int, str] = {}
    if route.permission is not Permission.ANYBODY:
        found[401] = "not signed in"
        found[403] = "not with this role, not this agent, or sent by another site"
        found[503] = "the database of accounts does not answer"
    elif route.method not in SAFE:
        found[403] = "sent by another site"
    if route.body is not None:
        found |= {413: "the body is too large", 415: "the body is no JSON, or packed"}
    if route.body is not None or route.query is not None:
        found[422] = "the request does not say what it must"
    return found | dict(route.errors)


def _problem(words: str, refs: Refs) -> Json:
    content = {"application/json": {"schema": refs[Error, "serialization"]}}
    return {"description": words[:1].upper() + words[1:], "content": content}


class _Nothing:
    """Stands for every part of a server while only its routes are looked at."""

    def __getattr__(self, name: str) -> "_Nothing":
        return self
