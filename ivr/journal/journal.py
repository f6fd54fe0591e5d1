"""The journal: takes events without waiting, one owned writer brings them to the database."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event as ThreadEvent
from typing import TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.journal import database
from ivr.journal.entry import Entry, call_of, entry_of
from ivr.journal.numbers import Numbers
from ivr.journal.reading import Abandon, JournalReader
from ivr.journal.spill import Spill
from ivr.model.errors import UserError
from ivr.model.events import AgentChanged, ClosureChanged, Event, HoldChanged, OrderGiven

_log = structlog.get_logger("ivr.journal")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Limits:
    """What the journal may take and how long it may wait."""

    buffer_events: int = 10_000
    batch_events: int = 1000
    gather_s: float = 0.05
    """How long events are gathered into one transaction."""
    write_s: float = 0.15
    """A write that takes longer is not waited for: its events go to the spill file as well."""
    retry_s_min: float = 0.1
    retry_s_max: float = 5.0
    close_s: float = 5.0


class Journal:
    """Every method belongs to one event loop; `record` neither blocks nor raises.

    `on_write` is told the seconds each transaction took. The spill file lies beside an SQLite
    database; for any other database its path has to be given.
    """

    def __init__(
        self,
        url: str,
        spill_file: Path | None = None,
        *,
        on_write: Callable[[float], None] | None = None,
        limits: Limits | None = None,
    ) -> None:
        file = database.sqlite_file(url)
        if spill_file is None:
            if file is None:
                raise UserError("journal: name a spill file for a database that is not SQLite")
            spill_file = file.with_suffix(".spill")
        self._url = url
        self._spill_file = spill_file
        self._limits = limits or Limits()
        self._on_write = on_write or (lambda _seconds: None)
        self._buffer: deque[Entry] = deque()
        self._hand: list[Entry] = []
        self._wake = asyncio.Event()
        self._progress = asyncio.Condition()
        self._stop = ThreadEvent()
        self._closing = False
        self._started = False
        self._lost = 0
        self._database_up = True
        self._retry_s = self._limits.retry_s_min
        self._retry_at = 0.0
        self._job: asyncio.Future[None] | None = None

    # --- what others use

    async def start(self) -> None:
        """Opens and migrates the database, takes in what an earlier run left in the spill file.

        UserError when the database cannot be opened.
        """
        self._loop = asyncio.get_running_loop()
        self._database_thread = ThreadPoolExecutor(1, "journal-database")
        self._spill_thread = ThreadPoolExecutor(1, "journal-spill")
        try:
            self._numbers = await self._in_database(self._open)
        except BaseException:
            self._database_thread.shutdown()
            self._spill_thread.shutdown()
            raise
        self._started = True
        self._task = self._loop.create_task(self._run(), name="journal-writer")

    def record(self, event: Event) -> None:
        """Takes the event; it is durable within 250 ms, in the database or the spill file."""
        if not self._started:
            raise RuntimeError("Journal.record before start: numbers are not known yet")
        number, seq = self._numbers.take(call_of(event))
        entry = entry_of(event, number, seq)
        if self._closing or len(self._buffer) >= self._limits.buffer_events:
            self._overflow(entry)
        else:
            self._buffer.append(entry)
        self._wake.set()

    async def flush(self, timeout_s: float = 5.0) -> None:
        """Returns when all recorded so far is durable; TimeoutError."""
        await self._until(
            lambda: not self._buffer and not self._hand and not self._spill.unsynced, timeout_s
        )

    async def settled(self, timeout_s: float = 30.0) -> None:
        """Returns when all recorded so far is in the database itself; TimeoutError."""
        await self._until(lambda: self.backlog == 0, timeout_s)

    async def close(self) -> None:
        """Brings out what is left, within `close_s`; what the database refuses stays spilled."""
        if not self._started or self._closing:
            return
        self._closing = True
        self._wake.set()
        _, unfinished = await asyncio.wait({self._task}, timeout=self._limits.close_s)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        for entry in [*self._hand, *self._buffer]:
            self._overflow(entry)
        self._hand = []
        self._buffer.clear()
        self._stop.set()
        await self._end_threads()
        self._spill.close()

    @property
    def backlog(self) -> int:
        """Events not yet in the database."""
        return len(self._buffer) + len(self._hand) + (self._spill.pending if self._started else 0)

    @property
    def database_up(self) -> bool:
        """False from the first failed write until a replay has succeeded."""
        return self._database_up

    @property
    def lost(self) -> int:
        """Events that neither the database nor the disk took."""
        return self._lost

    async def last_agent_states(self) -> dict[str, AgentChanged]:
        """The last change of every agent; SQLAlchemyError when the database fails."""
        await self.flush()
        return await self._in_database(lambda: JournalReader(self._engine).last_agent_states())

    async def agent_orders(self, since: float) -> list[OrderGiven]:
        """About whichever agent, from then on, in order; SQLAlchemyError."""
        await self.flush()
        return await self._in_database(lambda: JournalReader(self._engine).agent_orders(since))

    async def closures(self) -> list[ClosureChanged]:
        """Every change of an emergency closure, in order; SQLAlchemyError."""
        await self.flush()
        return await self._in_database(lambda: JournalReader(self._engine).closures())

    async def holds(self) -> list[HoldChanged]:
        """Every legal hold set or lifted, in order; SQLAlchemyError."""
        await self.flush()
        return await self._in_database(lambda: JournalReader(self._engine).holds())

    async def reports(self) -> list[Event]:
        """What became of scheduled reports, in order; SQLAlchemyError."""
        await self.flush()
        return await self._in_database(lambda: JournalReader(self._engine).reports())

    async def messages_since(self, since: float) -> list[Event]:
        """What became of voice messages since then, in order; SQLAlchemyError."""
        await self.flush()
        return await self._in_database(lambda: JournalReader(self._engine).messages_since(since))

    async def abandons_since(self, since: float) -> list[Abandon]:
        """Who hung up while waiting, since then, and did not call again; SQLAlchemyError."""
        await self.flush()
        return await self._in_database(lambda: JournalReader(self._engine).abandons_since(since))

    async def open_calls(self) -> dict[str, list[Event]]:
        """All events of every call that started and has not ended; SQLAlchemyError."""
        await self.flush()
        return await self._in_database(lambda: JournalReader(self._engine).open_calls())

    async def handle_times(self) -> list[tuple[str, float]]:
        """(queue, seconds) of the latest conversations; SQLAlchemyError."""
        await self.flush()
        return await self._in_database(lambda: JournalReader(self._engine).handle_times())

    async def conversations(self) -> list[Event]:
        """Beginnings and ends of the latest calls, beginnings of their conversations, in order;
        SQLAlchemyError."""
        await self.flush()
        return await self._in_database(lambda: JournalReader(self._engine).conversations())

    # --- the writer

    async def _run(self) -> None:
        while self._buffer or self._hand or not self._closing:
            await self._wait_for_work()
            self._take()
            if self._hand and not await self._write():
                await self._spill_hand()
            elif self._spill.unsynced:
                await self._sync_spill()
            self._finish_job()
            self._replay_if_due()
            async with self._progress:
                self._progress.notify_all()
        await self._last_replay()

    async def _wait_for_work(self) -> None:
        if self._closing or self._buffer or self._hand:
            return
        timeout = None
        if not self._spill.empty and self._job is None:
            timeout = max(0.0, self._retry_at - self._loop.time())
        try:
            async with asyncio.timeout(timeout):
                await self._wake.wait()
        except TimeoutError:
            return
        if not self._closing:
            await asyncio.sleep(self._limits.gather_s)
        self._wake.clear()

    def _take(self) -> None:
        # What the disk refused the last time is still in hand, and goes first.
        while self._buffer and len(self._hand) < self._limits.batch_events:
            self._hand.append(self._buffer.popleft())

    async def _write(self) -> bool:
        """What is in hand to the database; False while that is slow, failing or replaying."""
        if self._job is not None or not self._spill.empty:
            return False
        batch = list(self._hand)
        self._job = self._submit(lambda: database.store(self._engine, batch))
        await asyncio.wait({self._job}, timeout=self._limits.write_s)
        if not self._finish_job():
            return False
        self._hand = []
        return True

    async def _spill_hand(self) -> None:
        batch = self._hand
        try:
            await self._in_spill_thread(lambda: self._spill.append(batch))
        except OSError as error:
            _log.error("journal: neither database nor disk take events", error=str(error))
            await asyncio.sleep(self._limits.retry_s_min)
            return
        self._hand = []
        await self._sync_spill()

    async def _sync_spill(self) -> None:
        try:
            await self._in_spill_thread(self._spill.sync)
        except OSError as error:
            _log.error("journal: the spill file may not survive a crash", error=str(error))

    def _replay_if_due(self) -> None:
        due = self._loop.time() >= self._retry_at
        if self._job is None and not self._spill.empty and due and not self._closing:
            self._job = self._submit(self._replay)

    async def _last_replay(self) -> None:
        """On the way out: one more try, so that a healthy database holds everything."""
        if self._job is not None:
            await asyncio.wait({self._job})
            self._finish_job()
        if not self._spill.empty and self._database_up:
            self._job = self._submit(self._replay)
            await asyncio.wait({self._job})
            self._finish_job()

    def _finish_job(self) -> bool:
        """Looks at the database's last job, if it is over; True when it did what it should."""
        if self._job is None or not self._job.done():
            return False
        error = self._job.exception()
        self._job = None
        if error is None:
            if not self._database_up:
                _log.info("journal: the database is back", backlog=self.backlog)
            self._database_up = True
            self._retry_s = self._limits.retry_s_min
            return True
        if self._database_up:
            _log.error("journal: the database failed, events go to the disk", error=str(error))
        self._database_up = False
        self._retry_at = self._loop.time() + self._retry_s
        self._retry_s = min(self._retry_s * 2, self._limits.retry_s_max)
        return False

    def _overflow(self, entry: Entry) -> None:
        """Straight to the spill file: one short write to the page cache, synced by the writer."""
        try:
            self._spill.append([entry])
        except OSError as error:
            self._lost += 1
            _log.error("journal: event lost", entry=entry.line(), error=str(error))

    async def _until(self, done: Callable[[], bool], timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s), self._progress:
            await self._progress.wait_for(done)

    # --- the threads

    def _open(self) -> Numbers:
        self._engine: Engine = database.open_engine(self._url)
        try:
            return self._take_in()
        except BaseException:
            self._engine.dispose()
            raise

    def _take_in(self) -> Numbers:
        """What is there already: in the database, and in the spill file of an earlier run."""
        database.migrate(self._engine)
        try:
            self._spill = Spill(self._spill_file)
            self._replay()
        except (SQLAlchemyError, OSError) as error:
            raise UserError(
                f"journal: {self._spill_file} holds events of an earlier run that cannot be "
                f"taken in: {error}; mend that, or move the file away to start without them"
            ) from error
        reader = JournalReader(self._engine)
        last, calls = database.last_numbers(self._engine, recent=50_000)
        return Numbers(last, calls | reader.open_call_numbers())

    def _replay(self) -> None:
        self._spill.replay(lambda entries: database.store(self._engine, entries), self._stop)

    def _submit(self, work: Callable[[], None]) -> asyncio.Future[None]:
        def timed() -> float:
            begun = time.perf_counter()
            work()
            return time.perf_counter() - begun

        async def job() -> None:
            self._on_write(await self._in_database(timed))

        task = self._loop.create_task(job(), name="journal-write")
        task.add_done_callback(lambda _task: self._wake.set())
        return task

    async def _in_database(self, work: Callable[[], _T]) -> _T:
        return await self._loop.run_in_executor(self._database_thread, work)

    async def _in_spill_thread(self, work: Callable[[], None]) -> None:
        await self._loop.run_in_executor(self._spill_thread, work)

    async def _end_threads(self) -> None:
        if self._job is not None:
            await asyncio.wait({self._job}, timeout=self._limits.close_s)
        await self._sync_spill()
        idle = self._job is None or self._job.done()
        if idle:
            await self._in_database(self._engine.dispose)
        # A database that still hangs is left to its own limit: nobody waits for it here.
        self._database_thread.shutdown(wait=idle)
        self._spill_thread.shutdown()
