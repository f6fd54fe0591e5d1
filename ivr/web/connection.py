"""One connection of the web side: aiohttp's, but the door knows what it is doing, and what is no
HTTP gets an answer like every other, and no traceback in the log: strangers could fill the disk."""

import asyncio
from http import HTTPStatus
from typing import Any, Protocol

from aiohttp import web
from aiohttp.web_request import BaseRequest

from ivr.web.headers import dress
from ivr.web.refusals import MALFORMED, Refusals

WHY_MAX = 60


class Doorkeeper(Protocol):
    """Who decides whether it may stay."""

    @property
    def refusals(self) -> Refusals: ...

    def admit(self, connection: "Connection", address: str) -> bool: ...

    def answered(self, connection: "Connection") -> None: ...

    def left(self, connection: "Connection") -> None: ...


class Connection(web.RequestHandler):
    """`options` are those of aiohttp's RequestHandler."""

    __slots__ = ("_door",)

    def __init__(self, server: web.Server, door: Doorkeeper, **options: Any) -> None:
        super().__init__(server, **options)
        self._door = door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        if self._door.admit(self, str(peer[0]) if peer else ""):
            super().connection_made(transport)
        else:
            assert isinstance(transport, asyncio.Transport)
            transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._door.left(self)
        super().connection_lost(exc)

    async def finish_response(
        self, request: BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        done = await super().finish_response(request, resp, start_time)
        self._door.answered(self)
        return done

    def handle_error(
        self,
        request: BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """400 is what aiohttp's parser says; all else is a fault of ours, and aiohttp's to tell,
        unless they have gone."""
        if isinstance(exc, ConnectionError):
            raise exc  # aiohttp ends the connection, and says nothing
        if status != HTTPStatus.BAD_REQUEST:
            return super().handle_error(request, status, exc, message)
        self._door.refusals.tell(MALFORMED, request.remote or "")
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        # Its first words say what is wrong, the rest repeats what was sent.
        why = (message or "").partition("\n")[0][:WHY_MAX].rstrip(": ") or "it cannot be read"
        answer = web.json_response({"error": f"this is no request of HTTP/1.1: {why}"}, status=400)
        dress(answer)
        answer.force_close()
        return answer
