"""`GET /api/closures`: what can be closed in an emergency, and what is;
`POST /api/closures/{closure}/close` and `.../open`: sets and lifts it."""

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.service.closures import Closures, UnknownClosureError
from ivr.service.orders import API


def closure_routes(closures: Closures) -> list[web.RouteDef]:
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

    return [
        web.get("/api/closures", get),
        web.post("/api/closures/{closure}/close", _order(closures.set, closed=True)),
        web.post("/api/closures/{closure}/open", _order(closures.set, closed=False)),
    ]


def _order(give: Callable[..., bool], *, closed: bool) -> Handler:
    async def post(request: web.Request) -> web.Response:
        closure = request.match_info["closure"]
        try:
            changed = give(closure, closed=closed, by=API)
        except UnknownClosureError as error:
            return web.json_response({"error": str(error)}, status=404)
        return web.json_response({"closure": closure, "closed": closed, "changed": changed})

    return post
