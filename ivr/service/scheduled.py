"""Reports by the clock: each time one is due it is handed over once, which is on record.

A report that was due while the server was away is made up for once, for the last time it was due.
Before anybody can have it, it is on record that it is begun. Who starts and finds one begun does
not know whether a letter left, and so sends no second one; a file may be written again, and is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from ivr.model import events
from ivr.model.errors import JournalAwayError, MailError, UserError
from ivr.model.events import Event
from ivr.model.reports import ScheduledReport
from ivr.model.site import Site
from ivr.ports import Clock, Recorder
from ivr.report.schedule import file_name, latest_due, next_due
from ivr.service.report_delivery import Rendered, letter, write
from ivr.service.report_ledger import Ledger, Pending

log = structlog.get_logger(__name__)

LOOK_S = 60.0
"""At the longest, although nothing can come in between unheard: no wait is without a limit."""
MAKE_S = 600.0
UNKNOWN = "the server ended while it was sent; it may have been delivered, so it is not sent again"


class Making(Protocol):
    """JournalAwayError; UserError when there is nothing to tell."""

    async def __call__(self, report: ScheduledReport, due: float) -> Rendered: ...


class Post(Protocol):
    """MailError."""

    async def send(self, letter: EmailMessage, recipients: Sequence[str]) -> list[str]: ...


@dataclass(frozen=True)
class Delivered:
    file: str
    recipients: int
    refused: int


class FailedError(Exception):
    """An attempt went wrong."""

    def __init__(self, reason: str, *, temporary: bool = True) -> None:
        super().__init__(reason)
        self.temporary = temporary


class Delivery:
    """Makes a report and hands it over. `root`: what relative directories begin with."""

    def __init__(self, site: Callable[[], Site], make: Making, post: Post, root: Path) -> None:
        self._site = site
        self._make = make
        self._post = post
        self._root = root

    async def deliver(
        self, name: str, due: float, begin: Callable[[], Awaitable[None]], *, mail: bool = True
    ) -> Delivered:
        """FailedError. `begin` is waited for when the report is made, before anybody has it.

        Without `mail` it goes into the directory alone.
        """
        report = self._site().reports[name]
        try:
            async with asyncio.timeout(MAKE_S):
                made = await self._make(report, due)
            await begin()
        except (JournalAwayError, TimeoutError) as error:
            raise FailedError(str(error) or "the journal is too slow") from error
        except UserError as error:
            raise FailedError(str(error), temporary=False) from error
        file = file_name(name, due, report.format, ZoneInfo(self._site().timezone))
        path = ""
        if report.directory:
            directory = self._root / report.directory
            try:
                path = str(await asyncio.to_thread(write, directory, file, made.content))
            except OSError as error:
                raise FailedError(f"{directory}: {error.strerror or error}") from error
        if not (report.email and mail):
            return Delivered(path, 0, 0)
        refused = await self._send(name, report, due, made, file)
        return Delivered(path, len(report.email) - len(refused), len(refused))

    async def _send(
        self, name: str, report: ScheduledReport, due: float, made: Rendered, file: str
    ) -> list[str]:
        smtp = self._site().smtp
        sender = smtp.sender if smtp else ""
        try:
            return await self._post.send(
                letter(name, report, due, made, file, sender), report.email
            )
        except MailError as error:
            raise FailedError(str(error), temporary=error.temporary) from error


class ScheduledReports:
    """One owned task, one report at a time."""

    def __init__(
        self,
        site: Callable[[], Site],
        delivery: Delivery,
        flush: Callable[[], Awaitable[None]],
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        """`flush` as for `Retention`."""
        self._site = site
        self._delivery = delivery
        self._flush = flush
        self._recorder = recorder
        self._clock = clock
        self._ledger = Ledger()
        self._in_doubt: dict[str, float] = {}
        """When reports were due whose letter may have left, and whose file may be missing."""
        self._changed = asyncio.Event()

    def learn(self, history: Sequence[Event]) -> None:
        """What former servers wrote down, in order."""
        self._ledger.learn(history)
        for name in set(self._reports) - set(self._ledger.missing(self._reports)):
            pending = self._ledger.pending(name, float("inf"))  # the clock may be behind
            if not pending or pending.failed_at is not None or not self._reports[name].email:
                continue
            if self._reports[name].directory:
                self._in_doubt[name] = pending.due
            else:
                self._fail(name, pending.due, pending.attempts, UNKNOWN, final=True)

    def replan(self) -> None:
        """The site has changed."""
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._changed.clear()
            wait_s = await self.turn()
            try:
                async with asyncio.timeout(min(wait_s, LOOK_S)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def turn(self) -> float:
        """Hands over what is due, and tells in how many seconds something may be due again."""
        for name in self._ledger.gone(self._reports):
            self._schedule(name, "")  # put back one day, it makes up for nothing
        for name in self._ledger.missing(self._reports):
            self._schedule(name, self._reports[name].schedule)
        for name in list(self._reports):
            if name not in self._reports or name in self._ledger.missing(self._reports):
                continue  # the site has changed meanwhile
            due = self._due(name)
            if due is not None:
                await self._attempt(name, due)
        now = self._clock.now()
        times = [self._next(name) for name in self._reports]
        return max(0.0, min((at - now for at in times if at is not None), default=LOOK_S))

    @property
    def _reports(self) -> Mapping[str, ScheduledReport]:
        return self._site().reports

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._site().timezone)

    def _due(self, name: str) -> float | None:
        """The time this report was due, if its turn is now."""
        now = self._clock.now()
        pending = self._ledger.pending(name, now)
        if pending is not None:
            return pending.due if self._again_at(name, pending) <= now else None
        latest = latest_due(self._reports[name].schedule, now, self._zone)
        return latest if latest is not None and latest > self._ledger.settled(name, now) else None

    def _next(self, name: str) -> float | None:
        if name in self._ledger.missing(self._reports):
            return self._clock.now()
        if pending := self._ledger.pending(name, self._clock.now()):
            return self._again_at(name, pending)
        return next_due(self._reports[name].schedule, self._clock.now(), self._zone)

    def _again_at(self, name: str, pending: Pending) -> float:
        if pending.failed_at is None or pending.failed_at > self._clock.now():
            return pending.due  # begun only, or failed by a clock that was ahead
        wait_s = self._reports[name].retry_after_s * 2.0 ** (pending.attempts - 1)
        return pending.failed_at + min(wait_s, 3600.0)

    async def _attempt(self, name: str, due: float) -> None:
        pending = self._ledger.pending(name, self._clock.now())
        attempt = pending.attempts + 1 if pending else 1

        async def begin() -> None:
            self._tell(
                events.ReportStarted(at=self._clock.now(), report=name, due=due, attempt=attempt)
            )
            await self._flush()

        in_doubt = self._in_doubt.pop(name, None) == due
        try:
            done = await self._delivery.deliver(name, due, begin, mail=not in_doubt)
            if in_doubt:
                reason = f"{UNKNOWN}; {done.file or 'no file'} is written"
                self._fail(name, due, attempt, reason, final=True)
                return
        except FailedError as error:
            if in_doubt:  # no other attempt, which would send the letter
                self._fail(name, due, attempt, f"{UNKNOWN}; no file: {error}", final=True)
                return
            report = self._reports.get(name)
            final = not error.temporary or report is None or attempt >= report.attempts_max
            self._fail(name, due, attempt, str(error), final=final)
            return
        except Exception as error:  # one report must not keep others from being made
            log.exception("report failed", report=name)
            self._fail(name, due, attempt, f"{type(error).__name__}: {error}", final=True)
            return
        self._tell(
            events.ReportSent(
                at=self._clock.now(),
                report=name,
                due=due,
                attempt=attempt,
                file=done.file,
                recipients=done.recipients,
                refused=done.refused,
            )
        )
        log.info("report handed over", report=name, due=due, attempt=attempt)

    def _fail(self, name: str, due: float, attempt: int, reason: str, *, final: bool) -> None:
        self._tell(
            events.ReportFailed(
                at=self._clock.now(),
                report=name,
                due=due,
                attempt=attempt,
                reason=reason,
                final=final,
            )
        )
        log.error("report not handed over", report=name, due=due, reason=reason, final=final)

    def _schedule(self, name: str, schedule: str) -> None:
        self._tell(events.ReportScheduled(at=self._clock.now(), report=name, schedule=schedule))

    def _tell(self, event: Event) -> None:
        self._ledger.note(event)
        self._recorder.record(event)
