"""`POST /api/agents/{agent}/ask-for-help` and `.../withdraw-help`: the bell on the console."""

from typing import Protocol

from aiohttp import web

from ivr.model.access import Permission
from ivr.model.ids import AgentId
from ivr.service.help import NoTalkToHelpError
from ivr.web.answers import Done
from ivr.web.caller import caller_of
from ivr.web.routes import Route, Scope


class Helping(Protocol):
    def ask(self, agent: AgentId, by: str) -> None:
        """NoTalkToHelpError."""

    def withdraw(self, agent: AgentId, by: str) -> None: ...


def help_routes(helping: Helping) -> list[Route]:
    async def ask(request: web.Request) -> web.Response:
        try:
            helping.ask(AgentId(request.match_info["agent"]), caller_of(request).name)
        except NoTalkToHelpError as error:
            return web.json_response({"error": str(error)}, status=409)
        return web.json_response({"done": True})

    async def withdraw(request: web.Request) -> web.Response:
        helping.withdraw(AgentId(request.match_info["agent"]), caller_of(request).name)
        return web.json_response({"done": True})

    return [
        Route(
            "POST",
            "/api/agents/{agent}/ask-for-help",
            Permission.WORK,
            ask,
            Scope.AGENT,
            summary="Ring the bell of the supervisors who see this agent",
            answer=Done,
            errors={409: "the agent is not talking to a caller"},
        ),
        Route(
            "POST",
            "/api/agents/{agent}/withdraw-help",
            Permission.WORK,
            withdraw,
            Scope.AGENT,
            summary="No help is needed any more",
            answer=Done,
        ),
    ]
