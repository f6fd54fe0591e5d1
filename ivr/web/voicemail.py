"""`GET /api/voicemail`: messages; `POST /api/voicemail/{mailbox}/{message}/heard`, `.../new` and
`.../delete`. Whoever sees no owner of a mailbox neither sees nor touches what lies in it."""

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.model.access import Permission
from ivr.service.console.viewpoint import masked
from ivr.service.messages import (
    Kept,
    MailboxService,
    MessageFileError,
    UnknownMessageError,
    owners,
)
from ivr.web.answers import MessageChanged, Messages, MessageShown
from ivr.web.caller import Caller, caller_of
from ivr.web.guard import refuse
from ivr.web.routes import Route

Change = Callable[[str, str, str], bool]
"""Mailbox, message, who -> whether anything has changed."""


def voicemail_routes(service: MailboxService) -> list[Route]:
    """Orders about one message say whether anything has `changed`; 404 when there is no such one,
    409 when its file cannot be deleted."""

    def is_seen(caller: Caller, mailbox: str) -> bool:
        everything = caller.role is not None and caller.role.sees_all_teams
        return everything or any(map(caller.reaches, owners(service.site(), mailbox)))

    async def get(request: web.Request) -> web.Response:
        caller = caller_of(request)
        seen = [one for one in service.messages.all() if is_seen(caller, one.mailbox)]
        text = Messages(messages=[_shown(one, caller) for one in seen]).model_dump_json()
        return web.Response(text=text, content_type="application/json")

    def order(word: str, summary: str, change: Change) -> Route:
        return Route(
            "POST",
            f"/api/voicemail/{{mailbox}}/{{message}}/{word}",
            Permission.REVIEW,
            _order(change, is_seen),
            summary=summary,
            answer=MessageChanged,
            errors={404: "there is no such message", 409: "its file cannot be deleted"},
        )

    def mark(heard: bool) -> Change:
        return lambda mailbox, name, by: service.mark(mailbox, name, heard=heard, by=by)

    def delete(mailbox: str, name: str, by: str) -> bool:
        service.delete(mailbox, name, by=by)
        return True

    return [
        Route(
            "GET",
            "/api/voicemail",
            Permission.REVIEW,
            get,
            summary="Voice messages, the oldest first",
            answer=Messages,
        ),
        order("heard", "Mark a voice message as listened to", mark(True)),
        order("new", "Mark a voice message as new", mark(False)),
        order("delete", "Delete a voice message for good", delete),
    ]


def _order(change: Change, is_seen: Callable[[Caller, str], bool]) -> Handler:
    async def post(request: web.Request) -> web.Response:
        mailbox, name = request.match_info["mailbox"], request.match_info["message"]
        caller, message = caller_of(request), f"{mailbox}/{name}"
        if not is_seen(caller, mailbox):  # nor do they learn whether there is one
            return refuse(request, "this mailbox is neither yours nor of a team of yours")
        try:
            changed = change(mailbox, name, caller.name)
        except UnknownMessageError as error:
            return web.json_response({"error": str(error)}, status=404)
        except MessageFileError as error:
            return web.json_response({"error": str(error)}, status=409)
        return web.json_response({"message": message, "changed": changed})

    return post


def _shown(message: Kept, who: Caller) -> MessageShown:
    return MessageShown(
        message=f"{message.mailbox}/{message.name}",
        mailbox=message.mailbox,
        call=message.call,
        caller=message.caller if who.sees_numbers else masked(message.caller),
        at=message.at,
        seconds=message.seconds,
        heard=message.heard,
    )
