"""`GET /api/live`: the house as a stream of events, first all of it, then what changes.

Each event but `beat` has an id. Who comes back with the last one seen, in the header
`Last-Event-ID` or as `?after=`, is told what changed since; else everything anew. A reader keeps a
number and nothing else, so a slow one costs no more than a quick one.
"""

import asyncio
from contextlib import suppress
from typing import Annotated

from aiohttp import hdrs, web
from pydantic import BaseModel, Field

from ivr.model.access import Permission
from ivr.service.console.live import LiveBoard, TooManyReadersError
from ivr.service.console.viewpoint import Viewpoint
from ivr.web.caller import Caller, caller_of
from ivr.web.guard import who_still_may
from ivr.web.routes import Route, given

BEAT_S = 5.0
"""Something is sent at least so often, and so often it is asked whether they still may read."""
WRITE_S = 30.0
"""Whoever takes nothing for so long is left."""
LAST_ID = "Last-Event-ID"
STREAM = "text/event-stream"


class FromWhere(BaseModel):
    after: Annotated[str, Field(max_length=40)] = ""
    """The id of the last event seen, as in the header `Last-Event-ID`."""


def stream_routes(board: LiveBoard) -> list[Route]:
    async def get(request: web.Request) -> web.StreamResponse:
        try:
            with board.reading(caller_of(request).name):
                await board.catch_up()
                return await _answer(request, board)
        except TooManyReadersError as error:
            return web.json_response({"error": str(error)}, status=503)

    return [
        Route(
            "GET",
            "/api/live",
            Permission.WATCH,
            get,
            summary="The house as a stream of events: a snapshot, then what changes",
            query=FromWhere,
            media=STREAM,
            errors={503: "as many pages look on as may, of this user or of all"},
        )
    ]


def viewpoint_of(who: Caller) -> Viewpoint:
    sees_all = who.role is not None and who.role.sees_all_teams
    return Viewpoint(who.sees_numbers, None if sees_all else who.teams, who.agent)


async def _answer(request: web.Request, board: LiveBoard) -> web.StreamResponse:
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: STREAM, "X-Accel-Buffering": "no"})
    await response.prepare(request)
    if request.method != hdrs.METH_HEAD:
        with suppress(TimeoutError, ConnectionError):  # gone, or as good as
            await _tell(request, response, board)
    return response


async def _tell(request: web.Request, response: web.StreamResponse, board: LiveBoard) -> None:
    loop = asyncio.get_running_loop()
    view = viewpoint_of(caller_of(request))
    seen = board.number_of(request.headers.get(LAST_ID) or given(request, FromWhere).after)
    text, number = board.message(seen, view)
    asked_at = loop.time()
    while not board.closed:
        async with asyncio.timeout(WRITE_S):
            await response.write(text.encode())
        if await board.changed(number, BEAT_S):
            text, number = board.message(number, view)
        else:
            text = board.beat()
        if loop.time() - asked_at >= BEAT_S:
            asked_at = loop.time()
            who = await who_still_may(request)
            if who is None:
                return
            if (now := viewpoint_of(who)) != view:  # other teams: what they have is not theirs
                view = now
                text, number = board.message(None, view)
