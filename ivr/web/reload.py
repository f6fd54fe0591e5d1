"""`POST /api/reload`: read site and flows again; with `?dry_run=1` only say what would change."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from ivr.model.errors import UserError
from ivr.service.reload import Plan
from ivr.settings import Settings


def reload_route(reload: Callable[[bool], Awaitable[Plan]], settings: Settings) -> web.RouteDef:
    """`reload` takes whether to only look. What is wrong with the files is answered with 422.

    The answer tells the server's own settings: Asterisk's configuration has to be made with them.
    """

    async def post(request: web.Request) -> web.Response:
        try:
            plan = await reload(bool(request.query.get("dry_run")))
        except UserError as error:
            return web.json_response({"error": str(error)}, status=422)
        return web.json_response(
            {
                "changes": [
                    {"path": one.path, "before": one.before, "after": one.after}
                    for one in plan.changes
                ],
                "flows": list(plan.flows),
                "for_telephony": plan.for_telephony,
                "settings": settings.told(),
            }
        )

    return web.post("/api/reload", post)
