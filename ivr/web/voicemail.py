"""`GET /api/voicemail`: every message; `POST /api/voicemail/{mailbox}/{message}/heard`, `.../new`
and `.../delete`."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.service.messages import Kept, MailboxService, MessageFileError, UnknownMessageError
from ivr.service.orders import API


def voicemail_routes(service: MailboxService) -> list[web.RouteDef]:
    """Orders about one message say whether anything has `changed`; 404 when there is no such one,
    409 when its file cannot be deleted."""

    async def get(_request: web.Request) -> web.Response:
        messages = service.messages.all()
        return web.json_response({"messages": [_shown(one) for one in messages]})

    def mark(heard: bool) -> Callable[[str, str], bool]:
        return lambda mailbox, name: service.mark(mailbox, name, heard=heard, by=API)

    def delete(mailbox: str, name: str) -> bool:
        service.delete(mailbox, name, by=API)
        return True

    place = "/api/voicemail/{mailbox}/{message}"
    return [
        web.get("/api/voicemail", get),
        web.post(f"{place}/heard", _order(mark(True))),
        web.post(f"{place}/new", _order(mark(False))),
        web.post(f"{place}/delete", _order(delete)),
    ]


def _order(give: Callable[[str, str], bool]) -> Handler:
    async def post(request: web.Request) -> web.Response:
        mailbox, name = request.match_info["mailbox"], request.match_info["message"]
        try:
            changed = give(mailbox, name)
        except UnknownMessageError as error:
            return web.json_response({"error": str(error)}, status=404)
        except MessageFileError as error:
            return web.json_response({"error": str(error)}, status=409)
        return web.json_response({"message": f"{mailbox}/{name}", "changed": changed})

    return post


def _shown(message: Kept) -> dict[str, Any]:
    return {
        "message": f"{message.mailbox}/{message.name}",
        "mailbox": message.mailbox,
        "call": message.call,
        "caller": message.caller,
        "at": message.at,
        "seconds": message.seconds,
        "heard": message.heard,
    }
