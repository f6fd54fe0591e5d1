"""`GET /api/users` and `GET /api/audit`: who may come in, and who did what.

Users are changed on the machine itself, with `ivr user`.
"""

import json
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from ivr.accounts import Accounts
from ivr.model.access import Permission, Role
from ivr.web.answers import Answer, Asked
from ivr.web.routes import Route, given

RECORDS_MAX = 1000


class UserNow(Answer):
    name: str
    role: Role
    teams: list[str]
    """As given; without any it is the team of `agent`."""
    agent: str
    must_change: bool
    """Has a one-time password."""
    disabled: bool


class UsersNow(Answer):
    users: list[UserNow]


class RecordsWanted(Asked):
    limit: Annotated[int, Field(ge=1, le=RECORDS_MAX)] = 100


class AuditRecord(Answer):
    """Each holds the hash of itself and of the one before."""

    id: int
    at_ms: int
    """Epoch milliseconds."""
    who: str
    """A user, `api`, `cli`, an extension or an agent; empty: nobody known."""
    action: str
    target: str
    details: dict[str, Any]
    hash: str


class AuditRecords(Answer):
    records: list[AuditRecord]
    """The latest, oldest first."""


def administration_routes(accounts: Accounts) -> list[Route]:
    async def users(_request: web.Request) -> web.Response:
        found = [
            UserNow(
                name=user.name,
                role=user.role,
                teams=sorted(user.teams),
                agent=user.agent,
                must_change=user.must_change,
                disabled=user.disabled,
            )
            for user in await accounts.users()
        ]
        return _json(UsersNow(users=found))

    async def audit(request: web.Request) -> web.Response:
        found = [
            AuditRecord(**{**vars(one), "details": json.loads(one.details)})
            for one in await accounts.records(given(request, RecordsWanted).limit)
        ]
        return _json(AuditRecords(records=found))

    return [
        Route(
            "GET",
            "/api/users",
            Permission.ADMINISTER,
            users,
            summary="Who may come in, in which role",
            answer=UsersNow,
        ),
        Route(
            "GET",
            "/api/audit",
            Permission.AUDIT,
            audit,
            summary="Who did what: the latest records of the audit",
            query=RecordsWanted,
            answer=AuditRecords,
        ),
    ]


def _json(answer: Answer) -> web.Response:
    return web.Response(text=answer.model_dump_json(), content_type="application/json")
