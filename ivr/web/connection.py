"""One connection of the web side: aiohttp's, but what is no HTTP gets an answer like every other,
and no traceback in the log: strangers could fill the disk with it."""

from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.web_request import BaseRequest

from ivr.web.headers import dress
from ivr.web.refusals import MALFORMED, Refusals

WHY_MAX = 60


class Connection(web.RequestHandler):
    """`options` are those of aiohttp's RequestHandler."""

    __slots__ = ("_refusals",)

    def __init__(self, server: web.Server, refusals: Refusals, **options: Any) -> None:
        super().__init__(server, **options)
        self._refusals = refusals

    def handle_error(
        self,
        request: BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """400 is what aiohttp's parser says; all else is a fault of ours, and aiohttp's to tell."""
        if status != HTTPStatus.BAD_REQUEST:
            return super().handle_error(request, status, exc, message)
        self._refusals.tell(MALFORMED, request.remote or "")
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        # Its first words say what is wrong, the rest repeats what was sent.
        why = (message or "").partition("\n")[0][:WHY_MAX].rstrip(": ") or "it cannot be read"
        answer = web.json_response({"error": f"this is no request of HTTP/1.1: {why}"}, status=400)
        dress(answer)
        answer.force_close()
        return answer
