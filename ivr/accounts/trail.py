"""What happens, on its way to the audit: taken without waiting, written by one owned task."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ivr.accounts.chain import Chain, Note
from ivr.model import events
from ivr.model.events import Event

log = structlog.get_logger(__name__)
BUFFER_MAX = 10_000
BATCH = 100
RETRY_S = 1.0
CLOSE_S = 5.0


class Trail:
    """A Recorder: of all events those that somebody answers for. Belongs to one event loop.

    While the database is away, up to `buffer_max` records wait in memory. What goes beyond that is
    counted, and so is what cannot be written at all; the count becomes a record. The events
    themselves are in the journal all the same.
    """

    def __init__(
        self, chain: Chain, now: Callable[[], float], buffer_max: int = BUFFER_MAX
    ) -> None:
        self._chain = chain
        self._now = now
        self._buffer_max = buffer_max
        self._waiting: deque[Note] = deque()
        self._lost = 0
        self._batch = BATCH
        """How many are written at once."""
        self._wake = asyncio.Event()
        self._closing = False
        self._thread = ThreadPoolExecutor(1, "audit")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="audit-writer")

    def record(self, event: Event) -> None:
        note = note_of(event)
        if note is not None:
            self.add(note)

    def add(self, note: Note) -> None:
        """Neither waits nor raises."""
        if len(self._waiting) >= self._buffer_max:
            self._lost += 1
        else:
            self._waiting.append(note)
        self._wake.set()

    async def close(self) -> None:
        """Writes what is left, within five seconds."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=CLOSE_S)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._thread.shutdown(wait=False)
        if lost := self._lost + len(self._waiting):
            log.error("audit records were not written; the journal has their events", records=lost)

    async def _run(self) -> None:
        while self._waiting or self._lost or not self._closing:
            if not (self._waiting or self._lost):
                await self._wake.wait()
                self._wake.clear()
                continue
            await self._write()

    async def _write(self) -> None:
        batch = [self._waiting[at] for at in range(min(self._batch, len(self._waiting)))]
        lost = self._lost if len(batch) == len(self._waiting) else 0
        notes = [*batch, Note(self._now(), "", "audit.lost", details={"records": lost})]
        loop = asyncio.get_running_loop()
        try:
            to_write = notes if lost else batch
            await loop.run_in_executor(self._thread, self._chain.append, to_write)
        except (SQLAlchemyError, OSError) as error:
            log.warning("the audit cannot be written, it will be tried again", error=str(error))
            await asyncio.sleep(RETRY_S)
            return
        except Exception:  # no record may end the audit
            log.exception("audit records cannot be written", records=len(batch))
            if len(batch) > 1:
                self._batch = 1  # to write the others without the one at fault
                return
            if batch:
                self._waiting.popleft()
                self._lost += 1
            await asyncio.sleep(RETRY_S)
            return
        self._batch = BATCH
        for _ in batch:
            self._waiting.popleft()
        self._lost -= lost


def note_of(event: Event) -> Note | None:
    """The record of an event; None for one that nobody answers for."""
    match event:
        case events.SupervisionStarted(mode=mode) | events.SupervisionModeChanged(mode=mode):
            details = {"call": event.call, "mode": mode}
            return Note(event.at, event.supervisor, event.type, event.agent, details)
        case events.SupervisionEnded():
            ended: dict[str, object] = {"call": event.call, "seconds": round(event.seconds, 3)}
            return Note(event.at, event.supervisor, event.type, event.agent, ended)
        case events.SupervisionRefused():
            details = {"reason": event.reason}
            return Note(event.at, event.supervisor, event.type, event.agent, details)
        case events.OrderGiven():
            details = {"order": event.order, "refusal": event.refusal}
            return Note(event.at, event.by, event.type, event.target, details)
        case events.PinRefused():
            told: dict[str, object] = {"code": event.code, "wait_s": event.wait_s}
            return Note(event.at, event.extension, event.type, event.agent, told)
        case events.ClosureChanged():
            return Note(event.at, event.by, event.type, event.closure, {"closed": event.closed})
        case events.MessageHeard():
            return Note(event.at, event.by, event.type, event.file, {"heard": event.heard})
        case events.MessageDeleted():
            return Note(event.at, event.by, event.type, event.file)
        case events.RecordingPlayed():
            about: dict[str, object] = {"call": event.call, "agent": event.agent}
            return Note(event.at, event.by, event.type, event.recording, about)
        case events.RecordingDeleted():
            about = {"call": event.call, "reason": event.reason}
            return Note(event.at, event.by, event.type, event.recording, about)
        case events.EventsPruned():
            about = {"before": event.before, "calls": event.calls, "events": event.events}
            return Note(event.at, event.by, event.type, "", about)
        case events.HoldChanged():
            about = {"held": event.held, "reason": event.reason}
            return Note(event.at, event.by, event.type, event.call, about)
        case events.SiteReloaded():
            reloaded: dict[str, object] = {"changes": event.changes, "rollback": event.rollback}
            return Note(event.at, event.by, event.type, event.config, reloaded)
        case events.ReloadFailed():
            return Note(event.at, event.by, event.type, "", {"problems": event.detail})
    return None
