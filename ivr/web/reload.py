"""`POST /api/reload`: other site and flows in force; `GET /api/versions`: those there were.

With `?dry_run=1` it only says what would change; with `?rollback=1` it is the version before the
one in force, not what the files say.
"""

from typing import Any, Protocol

from aiohttp import web

from ivr.model.access import Permission
from ivr.model.errors import UserError
from ivr.service.reloading import Kept, Reloaded
from ivr.web.answers import ReloadDone, ReloadWanted, VersionsKept
from ivr.web.caller import caller_of
from ivr.web.routes import Route, given


class Reloads(Protocol):
    """What is asked of the server."""

    async def reload(self, *, dry_run: bool, rollback: bool, by: str) -> Reloaded: ...

    def versions(self) -> tuple[Kept, ...]:
        """Those kept, oldest first."""

    @property
    def in_force(self) -> str: ...

    @property
    def rolled_back(self) -> bool: ...


def reload_routes(reloads: Reloads) -> list[Route]:
    """What is wrong with the files is answered with 422."""

    async def post(request: web.Request) -> web.Response:
        wanted = given(request, ReloadWanted)
        try:
            done = await reloads.reload(
                dry_run=wanted.dry_run, rollback=wanted.rollback, by=caller_of(request).name
            )
        except UserError as error:
            return web.json_response({"error": str(error)}, status=422)
        return web.json_response(_told(done))

    async def get(_request: web.Request) -> web.Response:
        kept = [
            {"version": one.version, "at": one.at, "changes": list(one.changes)}
            for one in reloads.versions()
        ]
        return web.json_response(
            {"in_force": reloads.in_force, "rolled_back": reloads.rolled_back, "versions": kept}
        )

    return [
        Route(
            "POST",
            "/api/reload",
            Permission.CONFIGURE,
            post,
            summary="Put the files in force, or the version before",
            query=ReloadWanted,
            answer=ReloadDone,
            errors={422: "something is wrong with the files; all is as before"},
        ),
        Route(
            "GET",
            "/api/versions",
            Permission.CONFIGURE,
            get,
            summary="Versions of site and flows that were in force, oldest first",
            answer=VersionsKept,
        ),
    ]


def _told(done: Reloaded) -> dict[str, Any]:
    plan = done.plan
    return {
        "changes": [
            {"path": one.path, "before": one.before, "after": one.after} for one in plan.changes
        ],
        "flows": list(plan.flows),
        "version": done.version,
        "for_telephony": plan.for_telephony,
        "asterisk": done.asterisk,
    }
