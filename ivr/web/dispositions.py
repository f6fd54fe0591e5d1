"""`POST /api/agents/{agent}/disposition`: what became of an agent's latest talk."""

from typing import Annotated, Protocol

from aiohttp import web
from pydantic import Field

from ivr.model.access import Permission
from ivr.model.ids import AgentId
from ivr.service.dispositions import NOTE_MAX, NoSuchDispositionError, NoTalkError
from ivr.web.answers import Asked, Done
from ivr.web.caller import caller_of
from ivr.web.routes import Route, Scope, given


class DispositionWanted(Asked):
    code: Annotated[str, Field(max_length=40)]
    """One of the queue's `dispositions`."""
    note: Annotated[str, Field(max_length=NOTE_MAX)] = ""
    """Plain text; card numbers are masked before it is kept."""
    call: Annotated[str, Field(max_length=100)] = ""
    """Refused unless the latest talk is in this call; empty: whichever it is."""


class Disposing(Protocol):
    def give(self, agent: AgentId, code: str, note: str, by: str, call: str = "") -> None:
        """NoTalkError, NoSuchDispositionError."""


def disposition_routes(dispositions: Disposing) -> list[Route]:
    async def give(request: web.Request) -> web.Response:
        wanted, by = given(request, DispositionWanted), caller_of(request).name
        agent = AgentId(request.match_info["agent"])
        try:
            dispositions.give(agent, wanted.code, wanted.note, by, wanted.call)
        except NoTalkError as error:
            return web.json_response({"error": str(error)}, status=409)
        except NoSuchDispositionError as error:
            return web.json_response({"error": str(error)}, status=422)
        return web.json_response({"done": True})

    return [
        Route(
            "POST",
            "/api/agents/{agent}/disposition",
            Permission.WORK,
            give,
            Scope.AGENT,
            summary="What became of the agent's latest talk, and a note",
            body=DispositionWanted,
            answer=Done,
            errors={
                409: "the agent has no talk to say it of, or not in this call",
                422: "the talk's queue has no such code",
            },
        )
    ]
