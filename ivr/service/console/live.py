"""The board of a running house: a recorder beside the journal, read by any number of people.

What an event is about is read again within `FLUSH_S`, once, however many events there were. Every
`LOOK_S` the whole house is looked at besides, a little at a time: estimates, phones, whatever no
event tells. While nobody reads, nothing is done but to count.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import structlog

from ivr.model import events
from ivr.model.errors import IvrError
from ivr.model.events import Event
from ivr.service.console.board import Board, Changes, Item, Key
from ivr.service.console.glance import Glance
from ivr.service.console.touched import touched
from ivr.service.console.viewpoint import Viewpoint, told

log = structlog.get_logger(__name__)

FLUSH_S = 0.05
LOOK_S = 2.0
READ_AT_ONCE = 50
READERS_MAX = 200
READERS_OF_ONE_MAX = 10
"""Pages that one user may have open; people at work have two or three."""
RESERVE = 40
"""Of all places so many are for those who have none yet."""
TEXTS_MAX = 32
"""Texts kept for those who read the same: one for each viewpoint and place to come from."""


class TooManyReadersError(IvrError):
    """Nobody else can look on now."""


class LiveBoard:
    """Owns the board. `boot` names this server: numbers of another one mean nothing here."""

    def __init__(self, glance: Glance, boot: str) -> None:
        self._glance = glance
        self._boot = boot
        self._board = Board()
        self._touched: set[Key] = set()
        self._flushing: asyncio.TimerHandle | None = None
        self._news = asyncio.Event()
        self._wanted = asyncio.Event()
        self._readers = Counter[str]()
        """Pages by who looks on; without those who have none."""
        self._closed = False
        self._is_current = False
        """Whether the board has been read since somebody looks on."""
        self._texts: dict[tuple[int | None, Viewpoint], str] = {}

    # --- what happens

    def record(self, event: Event) -> None:
        """Takes the event without waiting."""
        self._glance.callers.record(event)
        if isinstance(event, events.QueueLeft):
            self._count(event)
        if self._readers:
            self.touch(*touched(event))

    def touch(self, *keys: Key) -> None:
        """These are to be read again soon."""
        self._touched.update(keys)
        if self._touched and self._flushing is None and self._readers:
            loop = asyncio.get_running_loop()
            self._flushing = loop.call_later(FLUSH_S, self.flush)

    def _count(self, event: events.QueueLeft) -> None:
        queue = self._glance.house.site().queues.get(event.queue)
        if queue is not None:
            self._glance.levels.count(
                event.queue, event.outcome, event.wait_s, queue.service_level_s, event.at
            )

    def flush(self) -> None:
        """Read what was touched, and tell it."""
        self._flushing = None
        keys, self._touched = self._touched, set()
        self._apply({key: self._glance.read(key) for key in keys})

    # --- the look at everything

    async def run(self) -> None:
        """Until cancelled."""
        pause_s = LOOK_S / len(self._glance.kinds)
        while True:
            for kind in self._glance.kinds:
                await self._wanted.wait()
                await asyncio.sleep(pause_s)
                try:
                    await self.look(kind)
                    if estimated := self._glance.estimate_one():
                        self.touch(estimated)
                except Exception:  # the next look may succeed; until then pages show what they have
                    log.exception("the console could not look at the house", kind=kind)

    async def look(self, kind: str) -> None:
        """Compare what the board has of this kind with the house, a few at a time: no call has to
        wait until all of it is read."""
        names = list(self._glance.names(kind))
        gone = set(self._board.names(kind)).difference(names)
        self._apply({(kind, name): None for name in gone})
        for start in range(0, len(names), READ_AT_ONCE):
            self.look_at(kind, names[start : start + READ_AT_ONCE])
            await asyncio.sleep(0)

    def look_at(self, kind: str, names: Iterable[str]) -> None:
        """Read these, and tell what differs."""
        self._apply({(kind, name): self._glance.read((kind, name)) for name in names})

    def _apply(self, changes: Changes) -> None:
        if self._board.apply(changes):
            self._texts.clear()
            self._news.set()
            self._news = asyncio.Event()

    # --- who reads

    @contextmanager
    def reading(self, who: str) -> Iterator[None]:
        """This user reads meanwhile. TooManyReadersError: they do so in too many pages already, or
        all do together."""
        self._check_room(who)
        self._readers[who] += 1
        self._wanted.set()
        try:
            yield
        finally:
            self._readers[who] -= 1
            if not self._readers[who]:
                del self._readers[who]
            if not self._readers:
                self._wanted.clear()
                self._touched.clear()
                self._is_current = False

    def _check_room(self, who: str) -> None:
        theirs, everybody = self._readers[who], self._readers.total()
        if theirs >= READERS_OF_ONE_MAX:
            raise TooManyReadersError(f"you have {theirs} pages open already; close some")
        if everybody >= READERS_MAX - (RESERVE if theirs else 0):
            raise TooManyReadersError(
                f"{everybody} pages look on already; close some, or try again later"
            )

    async def catch_up(self) -> None:
        """Read what was not while nobody looked on."""
        if not self._is_current:
            for kind in self._glance.kinds:
                await self.look(kind)
            self._is_current = bool(self._readers)

    async def changed(self, number: int, timeout_s: float) -> bool:
        """Whether there is more than this delta, by the end of that time at the latest."""
        news = self._news
        if self._closed or number != self._board.number:
            return True
        try:
            async with asyncio.timeout(timeout_s):
                await news.wait()
        except TimeoutError:
            return False
        return True

    @property
    def closed(self) -> bool:
        """This server ends: readers go."""
        return self._closed

    def close(self) -> None:
        self._closed = True
        if self._flushing is not None:
            self._flushing.cancel()
        self._news.set()

    def number_of(self, ident: str) -> int | None:
        """Which delta a reader names by this id; None: none of this server's."""
        boot, _, number = ident.rpartition("-")
        if boot != self._boot or not number.isdecimal() or len(number) > 15:
            return None
        return int(number)

    def message(self, seen: int | None, viewpoint: Viewpoint) -> tuple[str, int]:
        """What to tell somebody who has seen this delta (None: nothing yet), as an event of a
        stream; and what they have seen then."""
        behind = self._board.since(seen) if seen is not None else None
        kind = "snapshot" if behind is None else "delta"
        key = (None if behind is None else seen, viewpoint)
        text = self._texts.get(key)
        if text is None:
            whole: Mapping[Key, Item | None] = self._board.items if behind is None else behind
            text = told(whole, viewpoint, self._team_of)
            if len(self._texts) < TEXTS_MAX:
                self._texts[key] = text
        number = self._board.number
        now = self._glance.house.clock.now()
        head = f"id: {self._boot}-{number}\nevent: {kind}\n"
        return f'{head}data: {{"now":{now:.3f},{text}}}\n\n', number

    def _team_of(self, agent: str) -> str | None:
        found = self._glance.house.site().agents.get(agent)
        return found.team if found else None

    def beat(self) -> str:
        """Nothing is new; what time it is."""
        return f'event: beat\ndata: {{"now":{self._glance.house.clock.now():.3f}}}\n\n'
