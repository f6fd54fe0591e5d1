"""All there is below `/api/`: made from the parts of a server, in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.accounts import Accounts
from ivr.acd.engine import Engine
from ivr.model.site import Site
from ivr.ports import Clock
from ivr.service.closures import Closures
from ivr.service.console.live import LiveBoard
from ivr.service.hanging_up import HangingUp
from ivr.service.holds import Holds
from ivr.service.messages import MailboxService
from ivr.service.retention import Retention
from ivr.web.administration import administration_routes
from ivr.web.clicks import Clicking, click_routes
from ivr.web.closures import closure_routes
from ivr.web.desk import DeskParts, desk_routes
from ivr.web.dispositions import Disposing, disposition_routes
from ivr.web.hanging_up import hanging_up_routes
from ivr.web.help import Helping, help_routes
from ivr.web.keeping import keeping_routes
from ivr.web.live import live_routes
from ivr.web.orders import Giving, order_routes
from ivr.web.own_numbers import Counting, own_number_routes
from ivr.web.recordings import RecordingsResource, recording_routes
from ivr.web.reload import Reloads, reload_routes
from ivr.web.routes import Route
from ivr.web.session import SessionResource, session_routes
from ivr.web.stream import stream_routes
from ivr.web.supervision import Listening, supervision_routes
from ivr.web.voicemail import voicemail_routes


@dataclass(frozen=True)
class Parts:
    """What the resources tell about and act upon."""

    core: Engine
    clock: Clock
    orders: Giving
    site: Callable[[], Site]
    """The one in force."""
    reloads: Reloads
    closures: Closures
    mailboxes: MailboxService
    sessions: SessionResource
    accounts: Accounts
    board: LiveBoard
    hanging_up: HangingUp
    listening: Listening
    recordings: RecordingsResource
    retention: Retention
    holds: Holds
    desk: DeskParts
    dispositions: Disposing
    helping: Helping
    numbers: Counting
    clicks: Clicking


def api_routes(parts: Parts) -> list[Route]:
    return [
        *live_routes(parts.core, parts.clock),
        *order_routes(parts.orders, parts.site),
        *reload_routes(parts.reloads),
        *closure_routes(parts.closures),
        *voicemail_routes(parts.mailboxes),
        *session_routes(parts.sessions),
        *administration_routes(parts.accounts),
        *stream_routes(parts.board),
        *hanging_up_routes(parts.hanging_up),
        *supervision_routes(parts.listening),
        *recording_routes(parts.recordings),
        *keeping_routes(parts.retention, parts.holds),
        *desk_routes(parts.desk),
        *disposition_routes(parts.dispositions),
        *help_routes(parts.helping),
        *own_number_routes(parts.numbers, parts.site),
        *click_routes(parts.clicks),
    ]
