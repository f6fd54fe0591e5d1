"""`POST /api/calls/{call}/hang-up`: ends a caller's call."""

from aiohttp import web

from ivr.acd.errors import UnknownCallError
from ivr.model.access import Permission
from ivr.model.errors import TelephonyError
from ivr.service.hanging_up import HangingUp
from ivr.web.answers import Done
from ivr.web.caller import caller_of
from ivr.web.routes import Route


def hanging_up_routes(hanging_up: HangingUp) -> list[Route]:
    async def post(request: web.Request) -> web.Response:
        call, who = request.match_info["call"], caller_of(request)
        agent = hanging_up.agent_of(call)
        if agent and not who.reaches(agent):
            why = "the caller talks to an agent who is in no team of yours"
            hanging_up.refused(call, who.name, why)
            return web.json_response({"error": why}, status=403)
        try:
            await hanging_up.hang_up(call, who.name)
        except UnknownCallError as error:
            return web.json_response({"error": str(error)}, status=404)
        except TelephonyError as error:
            return web.json_response({"error": str(error)}, status=502)
        return web.json_response({"done": True})

    return [
        Route(
            "POST",
            "/api/calls/{call}/hang-up",
            Permission.DIRECT,
            post,
            summary="End a caller's call, wherever it is",
            answer=Done,
            errors={404: "nobody is on the line of such a call", 502: "Asterisk did not do it"},
        )
    ]
