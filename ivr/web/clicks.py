"""`POST /api/click-to-call`: an agent's own phone rings, then the number."""

from typing import Annotated, Protocol

from aiohttp import web
from pydantic import Field

from ivr.model.access import Permission
from ivr.model.errors import TelephonyError
from ivr.model.ids import AgentId
from ivr.service.clicks import ClickRefusedError
from ivr.web.answers import Asked, Done
from ivr.web.caller import caller_of
from ivr.web.guard import refuse
from ivr.web.routes import Route, given

NO_AGENT = "your account is no agent of the site: say whose phone is to ring"


class ClickWanted(Asked):
    number: Annotated[str, Field(pattern=r"^\+?[0-9]{2,20}$")]
    """An extension of the site, or a number that its allow-list names."""
    agent: Annotated[str, Field(max_length=40)] = ""
    """Whose phone rings; empty: one's own."""


class Clicking(Protocol):
    async def begin(self, agent: AgentId, number: str, by: str) -> None:
        """ClickRefusedError, TelephonyError."""


def click_routes(clicks: Clicking) -> list[Route]:
    async def call(request: web.Request) -> web.Response:
        wanted, who = given(request, ClickWanted), caller_of(request)
        agent = wanted.agent or who.agent
        if not agent:
            return web.json_response({"error": NO_AGENT}, status=409)
        if not who.reaches(agent):
            return refuse(request, "this agent is of no team of yours")
        try:
            await clicks.begin(AgentId(agent), wanted.number, who.name)
        except ClickRefusedError as error:
            status = 422 if error.reason in ("not_allowed", "no_agent") else 409
            return web.json_response({"error": str(error)}, status=status)
        except TelephonyError as error:
            return web.json_response({"error": str(error)}, status=502)
        return web.json_response({"done": True})

    return [
        Route(
            "POST",
            "/api/click-to-call",
            Permission.WORK,
            call,
            summary="Ring an agent's own phone, then a number",
            body=ClickWanted,
            answer=Done,
            errors={
                409: "the agent's phone is in a call or out of reach, or has called too often",
                422: "there is no such agent, or the number may not be dialled",
                502: "Asterisk did not do it",
            },
        )
    ]
