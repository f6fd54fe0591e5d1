"""Accounts as the guard sees them, and what it refused as the audit sees it."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from ivr.accounts import Accounts, Trail, User
from ivr.accounts.chain import Note
from ivr.ports import Clock
from ivr.web.address import address_of
from ivr.web.caller import Caller

PATH_MAX = 200
"""So much of a path goes on record."""
Noted = Callable[[Caller, web.Request, str], None]
"""Who, by which request, and what about it."""


@dataclass(frozen=True)
class Members:
    """Implements the guard's People."""

    accounts: Accounts
    team_of: Callable[[str], str | None]

    async def by_session(self, secret: str) -> Caller | None:
        user = await self.accounts.holder("session", secret)
        return self.caller(user, by_cookie=True) if user is not None else None

    async def by_token(self, secret: str) -> Caller | None:
        user = await self.accounts.holder("token", secret)
        return self.caller(user, by_cookie=False) if user is not None else None

    def caller(self, user: User, *, by_cookie: bool) -> Caller:
        """Without teams of their own they see that of the agent they are."""
        own = self.team_of(user.agent) if user.agent else None
        teams = user.teams or frozenset({own} if own else ())
        # Whoever made a token for somebody knew that it replaces the password.
        must_change = user.must_change and by_cookie
        return Caller(
            user.name, user.role, teams, user.agent, must_change=must_change, by_cookie=by_cookie
        )


def password_noted(trail: Trail, clock: Clock, origin: str) -> Noted:
    """Puts on record that somebody was given the SIP password of an extension."""

    def noted(caller: Caller, request: web.Request, extension: str) -> None:
        details = {"address": address_of(request, origin)}
        trail.add(Note(clock.now(), caller.name, "phone.password", extension, details))

    return noted


def to_audit(trail: Trail, clock: Clock, origin: str) -> Noted:
    """For the gate's `refused`. Strangers are not written down: anybody could fill the disk."""

    def refused(caller: Caller, request: web.Request, why: str) -> None:
        if caller.role is None:
            return
        details = {"method": request.method, "why": why, "address": address_of(request, origin)}
        path = request.path[:PATH_MAX]
        trail.add(Note(clock.now(), caller.name, "access.refused", path, details))

    return refused
