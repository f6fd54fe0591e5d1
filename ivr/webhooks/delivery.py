"""One webhook: takes events out of the journal, and tells them until they are known or dead."""

import asyncio
import random
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ivr.ports import Clock
from ivr.service.tasks import Tasks
from ivr.webhooks.lanes import Lanes
from ivr.webhooks.letters import Letter, body_of
from ivr.webhooks.outbox import Outbox
from ivr.webhooks.receiver import TIMEOUT_S, Receiver, Told
from ivr.webhooks.source import Source

log = structlog.get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Limits:
    """What one webhook may take, and how long."""

    at_once: int = 8
    """Attempts under way at the same time: as many connections."""
    waiting_max: int = 10_000
    """Letters under way; what comes on top is dead (`overflow`)."""
    first_pause_s: float = 1.0
    """About so long before the second attempt, twice that before the third, ..."""
    pause_s_max: float = 300.0
    age_s_max: float = 3600.0
    """Since it was taken; then the next failed attempt is the last."""
    poll_s: float = 0.25
    timeout_s: float = TIMEOUT_S
    """Of each attempt."""
    disk_pause_s: float = 5.0
    """After journal or outbox failed."""


@dataclass(frozen=True)
class Backlog:
    """What is under way at this moment."""

    events: int
    """Neither delivered nor dead."""
    oldest_s: float
    """Since the oldest of them was taken out of the journal; 0 without one."""


class Counting(Protocol):
    """Who is told what came of it; the metrics."""

    def told(self, webhook: str, outcome: str) -> None: ...
    def buried(self, webhook: str, reason: str) -> None: ...
    def watch(self, read: Callable[[], Mapping[str, Backlog]]) -> None: ...


class InThread(Protocol):
    """Runs blocking work, one after the other, beside the event loop."""

    async def __call__(self, work: Callable[[], _T]) -> _T: ...


class Delivery:
    """`start` once; `close` ends it at once: what is out is told again by the next one."""

    def __init__(
        self,
        receiver: Receiver,
        outbox: Outbox,
        source: Source,
        in_thread: InThread,
        counting: Counting,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self.receiver = receiver
        self._lanes = Lanes()
        self._name = receiver.name
        self._outbox = outbox
        self._source = source
        self._in_thread = in_thread
        self._counting = counting
        self._clock = clock
        self._limits = limits
        self._tasks = Tasks(f"webhook {receiver.name}")
        self._wake = asyncio.Event()
        self._position: int | None = None
        # Only spreads attempts.
        self._rng = random.Random()  # noqa: S311

    async def start(self) -> None:
        """What happens from now on is told."""
        try:
            await self._begin()
        except (SQLAlchemyError, sqlite3.Error) as error:
            self._complain(error)
        self._tasks.start(self._feed(), "feed")
        for number in range(self._limits.at_once):
            self._tasks.start(self._work(), f"tell {number + 1}")

    async def close(self) -> None:
        await self._tasks.close()
        await self.receiver.close()

    @property
    def backlog(self) -> Backlog:
        now = self._clock.now()
        return Backlog(len(self._lanes), now - (self._lanes.oldest_at() or now))

    # --- out of the journal

    async def _feed(self) -> None:
        while True:
            try:
                if self._position is None:
                    await self._begin()
                elif not await self._take():
                    await asyncio.sleep(self._limits.poll_s)
            except (SQLAlchemyError, sqlite3.Error) as error:
                self._complain(error)
                await asyncio.sleep(self._limits.disk_pause_s)

    async def _begin(self) -> None:
        """Where a former server was; a new webhook is told only of what is to come."""

        def look() -> tuple[int, list[Letter]]:
            newest, position = self._source.newest(), self._outbox.position(self._name)
            # A journal that was begun anew counts from 1 again.
            position = newest if position is None else min(position, newest)
            self._outbox.take(self._name, position, (), ())
            return position, self._outbox.waiting(self._name)

        self._position, waiting = await self._in_thread(look)
        self._add(waiting)

    async def _take(self) -> bool:
        """Whether there was anything."""
        now, room = self._clock.now(), max(0, self._limits.waiting_max - len(self._lanes))
        before = self._position or 0

        def take() -> tuple[int, list[Letter], int]:
            again = self._outbox.take_again(self._name, room, now)
            entries = self._source.after(before, now)
            if not entries:
                return before, again, 0
            wanted = [Letter(one, now) for one in entries if self.receiver.hook.wants(one.type)]
            fit = room - len(again)
            self._outbox.take(self._name, entries[-1].id, wanted[:fit], wanted[fit:])
            return entries[-1].id, again + wanted[:fit], len(wanted[fit:])

        position, letters, surplus = await self._in_thread(take)
        self._position = position
        self._add(letters)
        for _ in range(surplus):
            self._counting.buried(self._name, "overflow")
        if surplus:
            log.error("webhook overflows", webhook=self._name, events=surplus)
        return position > before

    def _add(self, letters: list[Letter]) -> None:
        for letter in letters:
            self._lanes.add(letter)
        self._wake.set()

    # --- to the receiver

    async def _work(self) -> None:
        while True:
            now = self._clock.now()
            letter = self._lanes.next(now)
            if letter is not None:
                await self._tell(letter)
                self._wake.set()
                continue
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._lanes.due_in(now)):
                    await self._wake.wait()

    async def _tell(self, letter: Letter) -> None:
        entry = letter.entry
        told = await self.receiver.tell(
            str(entry.id), entry.type, body_of(entry), self._clock.now()
        )
        self._counting.told(self._name, told)
        letter = replace(letter, attempts=letter.attempts + 1)
        try:
            await self._settle(letter, told)
        except sqlite3.Error as error:
            self._complain(error)
            self._lanes.later(letter, self._clock.now() + self._limits.disk_pause_s)

    async def _settle(self, letter: Letter, told: Told) -> None:
        now = self._clock.now()
        if told == Told.DELIVERED:
            await self._in_thread(lambda: self._outbox.delivered(self._name, letter))
            self._lanes.done(letter)
        elif told == Told.GONE or now - letter.taken_at >= self._limits.age_s_max:
            await self._in_thread(lambda: self._outbox.bury(self._name, letter, told, now))
            self._lanes.done(letter)
            self._counting.buried(self._name, told)
            log.error("webhook gives up", webhook=self._name, id=letter.id, reason=told.value)
        else:
            await self._in_thread(lambda: self._outbox.tried(self._name, letter))
            self._lanes.later(letter, now + self._pause_s(letter.attempts))

    def _pause_s(self, attempts: int) -> float:
        """Doubled each time, and spread, so that calls that failed together do not come back
        together."""
        whole = self._limits.first_pause_s * 2.0 ** min(attempts - 1, 30)
        return min(whole, self._limits.pause_s_max) * self._rng.uniform(0.5, 1.0)

    def _complain(self, error: Exception) -> None:
        # Its text may hold an address or a password.
        kind = type(error).__name__
        log.warning("webhook waits for the database", webhook=self._name, error=kind)
