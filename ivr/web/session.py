"""`/api/session`: signing in, who one is, signing out; `/api/session/password`."""

from typing import Annotated

import structlog
from aiohttp import hdrs, web
from pydantic import Field

from ivr.accounts import Accounts
from ivr.accounts.accounts import NotThisPasswordError, TooManyAttemptsError
from ivr.accounts.store import SESSION_S
from ivr.model.access import Permission, Role
from ivr.model.errors import UserError
from ivr.service.seldom import Seldom
from ivr.web.address import address_of
from ivr.web.answers import Answer, Asked, Done
from ivr.web.caller import Caller, caller_of
from ivr.web.guard import COOKIE
from ivr.web.people import Members
from ivr.web.routes import Route, given

NOT_BY_COOKIE = "only for who signed in with name and password"
log = structlog.get_logger(__name__)
Word = Annotated[str, Field(max_length=1024)]


class SignIn(Asked):
    name: Word
    password: Word


class NewPassword(Asked):
    old: Word
    new: Word


class Me(Answer):
    """Who one is, and what one may do."""

    name: str
    role: Role
    teams: list[str]
    """Seen by an agent or supervisor; managers and admins see all."""
    agent: str
    """Who this is among the site's agents; empty: nobody."""
    must_change: bool
    """Until the password is changed nothing else is served."""
    permissions: list[Permission]


class SessionResource:
    """The resource; cookies are `Secure` when browsers find the server by https."""

    def __init__(self, accounts: Accounts, members: Members, origin: str) -> None:
        self._accounts = accounts
        self._members = members
        self._origin = origin
        self._told = Seldom()

    async def sign_in(self, request: web.Request) -> web.Response:
        asked, before = given(request, SignIn), caller_of(request)
        address = address_of(request, self._origin)
        try:
            done = await self._accounts.sign_in(asked.name, asked.password, address)
        except (NotThisPasswordError, TooManyAttemptsError) as error:
            if self._told.passes():  # for fail2ban: nothing of what the other side says
                log.warning("sign-in refused", address=address)
            return _refused(error)
        if before.by_cookie:
            await self._accounts.sign_out(before.name, request.cookies[COOKIE])
        caller = self._members.caller(done.user, by_cookie=True)
        return self._with_cookie(caller, done.secret)

    async def who(self, request: web.Request) -> web.Response:
        return _me(caller_of(request))

    async def sign_out(self, request: web.Request) -> web.Response:
        caller = caller_of(request)
        if not caller.by_cookie:
            return web.json_response({"error": NOT_BY_COOKIE}, status=409)
        await self._accounts.sign_out(caller.name, request.cookies[COOKIE])
        answer = web.json_response({"done": True})
        answer.del_cookie(COOKIE, path="/")
        return answer

    async def change(self, request: web.Request) -> web.Response:
        caller, asked = caller_of(request), given(request, NewPassword)
        if not caller.by_cookie:
            return web.json_response({"error": NOT_BY_COOKIE}, status=409)
        address = address_of(request, self._origin)
        try:
            done = await self._accounts.change_password(caller.name, asked.old, asked.new, address)
        except (NotThisPasswordError, TooManyAttemptsError) as error:
            return _refused(error)
        except UserError as error:
            return web.json_response({"error": str(error)}, status=422)
        return self._with_cookie(self._members.caller(done.user, by_cookie=True), done.secret)

    def _with_cookie(self, caller: Caller, secret: str) -> web.Response:
        answer = _me(caller)
        answer.set_cookie(
            COOKIE,
            secret,
            max_age=SESSION_S,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self._origin.startswith("https:"),
        )
        return answer


def session_routes(resource: SessionResource) -> list[Route]:
    busy = {429: "too many attempts; Retry-After says when to come again"}
    wrong = {401: "name and password do not go together", **busy}
    no_cookie = {409: NOT_BY_COOKIE}
    path, own = "/api/session", Permission.SIGNED_IN
    return [
        Route(
            "POST",
            path,
            Permission.ANYBODY,
            resource.sign_in,
            summary="Sign in; answers with the cookie",
            body=SignIn,
            answer=Me,
            errors=wrong,
        ),
        Route("GET", path, own, resource.who, summary="Who am I, what may I", answer=Me),
        Route(
            "DELETE",
            path,
            own,
            resource.sign_out,
            summary="Sign out",
            answer=Done,
            errors=no_cookie,
        ),
        Route(
            "POST",
            f"{path}/password",
            own,
            resource.change,
            summary="Change one's password; ends all other sign-ins",
            body=NewPassword,
            answer=Me,
            errors={**wrong, **no_cookie, 422: "the new password will not do"},
        ),
    ]


def _me(caller: Caller) -> web.Response:
    assert caller.role is not None
    me = Me(
        name=caller.name,
        role=caller.role,
        teams=sorted(caller.teams),
        agent=caller.agent,
        must_change=caller.must_change,
        permissions=[one for one in Permission if caller.may(one)],
    )
    return web.Response(text=me.model_dump_json(), content_type="application/json")


def _refused(error: NotThisPasswordError | TooManyAttemptsError) -> web.Response:
    if isinstance(error, NotThisPasswordError):
        return web.json_response({"error": str(error)}, status=401)
    wait = {hdrs.RETRY_AFTER: str(max(1, round(error.wait_s + 0.5)))}
    return web.json_response({"error": str(error)}, status=429, headers=wait)
