"""`POST /api/prune`: deletes what is older than the site keeps it; `GET /api/holds`: calls of which
nothing is deleted; `POST /api/calls/{call}/hold` and `.../lift-hold`."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from ivr.model.access import Permission
from ivr.model.errors import JournalAwayError
from ivr.service.holds import Holds, UnknownHoldError
from ivr.service.retention import Retention
from ivr.web.answers import Answer, Asked, Done
from ivr.web.caller import caller_of
from ivr.web.routes import Route, given

AWAY = "the journal is out of reach; nothing was changed"


class PruneWanted(Asked):
    dry_run: bool = False
    """Only count what would go."""


class Pruned(Answer):
    """What is gone, or with `dry_run` what would go."""

    recordings: int
    bytes: int
    messages: int
    calls: int
    """Whose events are gone from the journal."""
    events: int
    """Of these calls, and others."""
    held: int
    """Old enough, but of calls on hold."""
    failed: int
    """Files that could not be deleted; the server's log says why."""
    nothing_set: bool
    """The site sets no `retention`: everything is kept for ever."""


class HoldWanted(Asked):
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class HoldShown(Answer):
    call: str
    reason: str
    by: str
    at: float
    """UTC epoch seconds."""


class HoldsShown(Answer):
    holds: list[HoldShown]


def keeping_routes(retention: Retention, holds: Holds) -> list[Route]:
    async def prune(request: web.Request) -> web.Response:
        wanted = given(request, PruneWanted)
        try:
            done = await retention.prune(by=caller_of(request).name, dry_run=wanted.dry_run)
        except (JournalAwayError, TimeoutError):
            return web.json_response({"error": AWAY}, status=503)
        return web.json_response(vars(done))

    async def get(_request: web.Request) -> web.Response:
        shown = [
            {"call": call, "reason": one.reason, "by": one.by, "at": one.at}
            for call, one in holds.now.items()
        ]
        return web.json_response({"holds": shown})

    async def hold(request: web.Request) -> web.Response:
        call, reason = request.match_info["call"], given(request, HoldWanted).reason
        try:
            await holds.hold(call, reason, caller_of(request).name)
        except UnknownHoldError as error:
            return web.json_response({"error": str(error)}, status=404)
        except JournalAwayError:
            return web.json_response({"error": AWAY}, status=503)
        return web.json_response({"done": True})

    async def lift(request: web.Request) -> web.Response:
        try:
            holds.lift(request.match_info["call"], caller_of(request).name)
        except UnknownHoldError as error:
            return web.json_response({"error": str(error)}, status=404)
        return web.json_response({"done": True})

    return [
        Route(
            "POST",
            "/api/prune",
            Permission.CONFIGURE,
            prune,
            summary="Delete what is older than the site keeps it",
            query=PruneWanted,
            answer=Pruned,
            errors={503: AWAY},
        ),
        Route(
            "GET",
            "/api/holds",
            Permission.KEEP,
            get,
            summary="Calls of which nothing is deleted",
            answer=HoldsShown,
        ),
        Route(
            "POST",
            "/api/calls/{call}/hold",
            Permission.KEEP,
            hold,
            summary="From now on nothing of this call is deleted",
            query=HoldWanted,
            answer=Done,
            errors={404: "there is no such call", 503: AWAY},
        ),
        Route(
            "POST",
            "/api/calls/{call}/lift-hold",
            Permission.KEEP,
            lift,
            summary="The call is kept no longer than others",
            answer=Done,
            errors={404: "there is no hold on this call"},
        ),
    ]
