"""Telling another system of each new message, at least once, within limits."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog

from ivr.model import events
from ivr.model.lookups import Outcome
from ivr.model.site import Hook, Site
from ivr.ports import Clock, LookupRequest, Lookups, Recorder
from ivr.service.messages import Kept, Messages
from ivr.service.tasks import Tasks

PAUSES_S: Sequence[float] = (2.0, 10.0, 60.0, 300.0)
"""Before each further attempt."""

TIMEOUT_S = 10.0
"""Of each attempt."""

UNDER_WAY_MAX = 200
"""Messages being told of; of one more nobody is told, and that is on record."""

AGE_S_MAX = 24 * 3600.0
"""A server that starts tells of what a former one has not, if it is not older."""

DELIVERED = (Outcome.ANSWERED, Outcome.BAD_ANSWER)
"""The latter: it took the message, and said something that is no JSON."""

FINAL = (*DELIVERED, Outcome.REFUSED, Outcome.NOT_FOUND, Outcome.NOT_SENT)
"""Another attempt would change nothing."""

log = structlog.get_logger(__name__)


class MessageHooks:
    """A recorder, to come after the messages. The same message may be told twice, with the same
    `message`: after a time-out, or when the server was killed."""

    def __init__(
        self,
        site: Callable[[], Site],
        messages: Messages,
        lookups: Callable[[], Lookups],
        recorder: Callable[[], Recorder],
        clock: Clock,
        tasks: Tasks,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        """`site` is the one in force; `recorder` the one that this listens behind."""
        self._site = site
        self._messages = messages
        self._lookups = lookups
        self._recorder = recorder
        self._clock = clock
        self._tasks = tasks
        self._pauses_s = pauses_s
        self._under_way = 0

    def record(self, event: events.Event) -> None:
        if isinstance(event, events.MessageLeft):
            self._tell(self._messages.get(event.file))

    def catch_up(self) -> None:
        """Of what a former server has not told."""
        for message in self._messages.all():
            if not message.notified and self._clock.now() - message.at <= AGE_S_MAX:
                self._tell(message)

    def _tell(self, message: Kept) -> None:
        box = self._site().mailboxes.get(message.mailbox)
        if box is None or box.notify is None:
            return
        if self._under_way >= UNDER_WAY_MAX:
            log.error("too many messages to tell of", file=message.file)
            self._told(message, box.notify, Outcome.NOT_SENT, 0)
            return
        self._under_way += 1
        work = self._deliver(message, box.notify, box.title)
        self._tasks.start(work, f"tells of {message.file}")

    async def _deliver(self, message: Kept, hook: Hook, title: str) -> None:
        request = _request(message, hook, title)
        attempts = 0
        try:
            for pause_s in (0.0, *self._pauses_s):
                await asyncio.sleep(pause_s)
                attempts += 1
                outcome = (await self._lookups().ask(request)).outcome
                if outcome in FINAL:
                    break
        finally:
            self._under_way -= 1
        self._told(message, hook, Outcome.ANSWERED if outcome in DELIVERED else outcome, attempts)

    def _told(self, message: Kept, hook: Hook, outcome: Outcome, attempts: int) -> None:
        self._recorder().record(
            events.MessageNotified(
                at=self._clock.now(),
                mailbox=message.mailbox,
                file=message.file,
                target=hook.target,
                outcome=outcome,
                attempts=attempts,
            )
        )


def _request(message: Kept, hook: Hook, title: str) -> LookupRequest:
    return LookupRequest(
        target=hook.target,
        method="POST",
        path=hook.path,
        body={
            "event": events.MessageLeft.type,
            "message": f"{message.mailbox}/{message.name}",
            "mailbox": message.mailbox,
            "title": title,
            "caller": message.caller,
            "call": message.call,
            "at": datetime.fromtimestamp(message.at, UTC).isoformat(timespec="seconds"),
            "seconds": round(message.seconds, 1),
        },
        timeout_s=TIMEOUT_S,
    )
