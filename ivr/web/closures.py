"""`GET /api/closures`: what can be closed in an emergency, and what is;
`POST /api/closures/{closure}/close` and `.../open`: sets and lifts it."""

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.model.access import Permission
from ivr.service.closures import Closures, UnknownClosureError
from ivr.web.answers import Closed, ClosuresNow
from ivr.web.caller import caller_of
from ivr.web.routes import Route


def closure_routes(closures: Closures) -> list[Route]:
    """Both orders say whether anything has `changed`; 404 for a name nobody knows."""

    async def get(_request: web.Request) -> web.Response:
        found = [
            {
                "closure": name,
                "closed": closed is not None,
                "since": closed.since if closed else None,
                "by": closed.by if closed else "",
            }
            for name, closed in closures.now().items()
        ]
        return web.json_response({"closures": found})

    def order(word: str, summary: str, *, closed: bool) -> Route:
        return Route(
            "POST",
            f"/api/closures/{{closure}}/{word}",
            Permission.CLOSE,
            _order(closures.set, closed=closed),
            summary=summary,
            answer=Closed,
            errors={404: "there is nothing of this name to close"},
        )

    return [
        Route(
            "GET",
            "/api/closures",
            Permission.WATCH,
            get,
            summary="What can be closed in an emergency, and what is",
            answer=ClosuresNow,
        ),
        order("close", "Close a calendar, or the house", closed=True),
        order("open", "Lift a closure", closed=False),
    ]


def _order(give: Callable[..., bool], *, closed: bool) -> Handler:
    async def post(request: web.Request) -> web.Response:
        closure = request.match_info["closure"]
        try:
            changed = give(closure, closed=closed, by=caller_of(request).name)
        except UnknownClosureError as error:
            return web.json_response({"error": str(error)}, status=404)
        return web.json_response({"closure": closure, "closed": closed, "changed": changed})

    return post
