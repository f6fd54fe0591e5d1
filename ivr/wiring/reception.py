"""Where each FastAGI session goes."""

from collections.abc import Callable

import structlog

from ivr.asterisk.agi import AgiSession
from ivr.asterisk.call import LiveCall
from ivr.service.admission import Admission
from ivr.service.clicks import Clicks
from ivr.service.features import Features
from ivr.service.listening import Listening
from ivr.service.sessions import Sessions
from ivr.service.switchboard import Switchboard

log = structlog.get_logger(__name__)


class Reception:
    """`make_line` makes a call of a session and the number dialled."""

    def __init__(
        self,
        admission: Admission,
        switchboard: Switchboard,
        sessions: Sessions,
        features: Features,
        listening: Listening,
        clicks: Clicks,
        make_line: Callable[[AgiSession, str], LiveCall],
    ) -> None:
        self._admission = admission
        self._switchboard = switchboard
        self._sessions = sessions
        self._features = features
        self._listening = listening
        self._clicks = clicks
        self._make_line = make_line

    async def serve(self, session: AgiSession) -> None:
        """One session: `call` with (dialled, state), `callback` with (dialled, call), `feature`
        with (ext, code, address), `supervision`, or `click`."""
        kind, (first, second, third) = session.path, (*session.args, "", "", "")[:3]
        dialled = second if kind == "feature" else first
        line = self._make_line(session, dialled)
        if kind == "call" and not second and await self._admission.turned_away(line):
            return
        memo = await line.recall(second) if kind == "call" and second else None
        if memo is not None:
            line.id = memo.call
        if kind == "callback":
            line.id = second
        self._switchboard.connect(line.channel, line)
        try:
            if kind == "call":
                await self._sessions.serve(line, memo)
            elif kind == "callback":
                await self._sessions.serve_callback(line, second)
            elif kind == "supervision":
                await self._listening.serve(line)
            elif kind == "click":
                await self._clicks.serve(line)
            elif kind == "feature":
                line.address = third.rpartition(":")[0].strip("[]")
                await self._features.serve(line, extension=first, dialled=second)
            else:
                log.error("unknown FastAGI path", path=kind)
        finally:
            self._switchboard.disconnect(line.channel, line)
