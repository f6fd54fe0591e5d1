"""Stands before every handler: who asks, may they, is the request what the route says.

Nothing gets past it that is not in the table of routes, and nothing in there is without a
permission.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from hmac import compare_digest
from typing import Protocol

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from ivr.accounts.accounts import AccountsAwayError
from ivr.model.access import Permission, Role
from ivr.service.orders import API as LOCAL
from ivr.web.caller import CALLER, NOBODY, Caller
from ivr.web.csrf import strange_origin
from ivr.web.routes import API, Route, Scope, Table
from ivr.web.validation import take_in

SCHEME = "Bearer "
COOKIE = "ivr_session"


class People(Protocol):
    """Who has an account."""

    async def by_session(self, secret: str) -> Caller | None:
        """Whose sign-in this cookie is; None: nobody's (any more)."""

    async def by_token(self, secret: str) -> Caller | None: ...


class _Empty:
    """Nobody has an account."""

    async def by_session(self, _secret: str) -> Caller | None:
        return None

    async def by_token(self, _secret: str) -> Caller | None:
        return None


EMPTY = _Empty()


@dataclass(frozen=True)
class Gate:
    """What the guard knows; by default it lets nobody in."""

    secret: str = ""
    """Content of secrets/api: whoever shows it is the administrator of this machine."""
    people: People = EMPTY
    team_of: Callable[[str], str | None] = lambda _agent: None
    """Team of an agent of the site in force; None: there is no such agent."""
    origin: str = ""
    """Where browsers find this server, e.g. `https://cc.example.com`; empty: as the Host says."""
    refused: Callable[[Caller, web.Request, str], None] = lambda _caller, _request, _why: None
    """Told of everybody known who was refused, for the audit."""

    async def who(self, request: web.Request) -> Caller:
        """NOBODY when the request shows nothing valid."""
        shown = request.headers.get(hdrs.AUTHORIZATION, "")
        if shown:
            found = await self._by_header(shown)
        else:
            cookie = request.cookies.get(COOKIE, "")
            found = await self.people.by_session(cookie) if cookie else None
        return replace(found, team_of=self.team_of) if found is not None else NOBODY

    async def _by_header(self, shown: str) -> Caller | None:
        if not shown.startswith(SCHEME):
            return None
        given = shown.removeprefix(SCHEME).strip()
        right = compare_digest(given.encode("utf-8", "surrogateescape"), self.secret.encode())
        if right and self.secret:
            return Caller(LOCAL, Role.ADMIN)
        return await self.people.by_token(given) if given else None


STILL = web.RequestKey("still", object)


async def still_may(request: web.Request) -> bool:
    """Whether who sent this request may still have an answer to it. A handler that answers for
    long asks now and then, and ends when not: signed out, disabled, or in another role."""
    return await who_still_may(request) is not None


async def who_still_may(request: web.Request) -> Caller | None:
    """As `still_may`: the one who asked as they are now, perhaps of other teams; None: they may
    not."""
    check = request[STILL]
    assert callable(check)
    caller = await check()
    assert caller is None or isinstance(caller, Caller)
    return caller


REFUSE = web.RequestKey("refuse", object)


def refuse(request: web.Request, why: str) -> web.Response:
    """403, and in the audit: for a handler that finds by itself what is out of the caller's
    reach."""
    answer = request[REFUSE]
    assert callable(answer)
    refused = answer(why)
    assert isinstance(refused, web.Response)
    return refused


def guard(gate: Gate, table: Table) -> Middleware:
    """401 for whoever is not known, 403 for who may not; unknown paths below `/api/` tell nothing
    to the former."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            caller = await gate.who(request)
            return await let_in(request, handler, caller)
        except AccountsAwayError as error:
            return web.json_response(
                {"error": str(error)}, status=503, headers={hdrs.RETRY_AFTER: "1"}
            )

    async def let_in(request: web.Request, handler: Handler, caller: Caller) -> web.StreamResponse:
        request[CALLER] = caller
        if request.match_info.http_exception is not None:  # no such path, or not this method
            return _unknown() if _is_hidden(request, caller) else await handler(request)
        route = table[request.match_info.route]
        refusal = _refusal(gate, request, route, caller)
        if refusal is not None:
            return refusal
        request[STILL] = _still(gate, request, route)
        request[REFUSE] = lambda why: _forbidden(gate, request, caller, why)
        wrong = await take_in(request, route)
        return wrong if wrong is not None else await handler(request)

    return check


def _is_hidden(request: web.Request, caller: Caller) -> bool:
    return request.path.startswith(API) and caller.role is None


def _refusal(gate: Gate, request: web.Request, route: Route, caller: Caller) -> web.Response | None:
    if (strange := strange_origin(request, gate.origin, by_cookie=caller.by_cookie)) is not None:
        gate.refused(caller, request, strange)
        return web.json_response({"error": strange}, status=403)
    if not caller.may(route.permission):
        if caller.role is None:
            return _unknown()
        return _forbidden(gate, request, caller, _why_not(caller, route.permission))
    if route.scope is Scope.AGENT and not caller.reaches(request.match_info["agent"]):
        return _forbidden(gate, request, caller, "this agent is in no team of yours")
    return None


def _why_not(caller: Caller, permission: Permission) -> str:
    if caller.must_change:
        return "change the password first: POST /api/session/password"
    return f"your role {caller.role} does not include `{permission}`"


def _forbidden(gate: Gate, request: web.Request, caller: Caller, why: str) -> web.Response:
    gate.refused(caller, request, why)
    return web.json_response({"error": why}, status=403)


def _unknown() -> web.Response:
    return web.json_response(
        {
            "error": "sign in, or send the header `Authorization: Bearer TOKEN` with a token of "
            "`ivr user token`, or with the content of secrets/api in the state directory"
        },
        status=401,
        headers={hdrs.WWW_AUTHENTICATE: 'Bearer realm="ivr"'},
    )


def _still(
    gate: Gate, request: web.Request, route: Route
) -> Callable[[], Awaitable[Caller | None]]:
    async def check() -> Caller | None:
        try:
            caller = await gate.who(request)
        except AccountsAwayError:
            return request[CALLER]  # nobody was signed out; the next look finds who was
        out_of_reach = route.scope is Scope.AGENT and not caller.reaches(
            request.match_info["agent"]
        )
        return None if out_of_reach or not caller.may(route.permission) else caller

    return check
