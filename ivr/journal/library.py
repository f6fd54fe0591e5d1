"""Finding recordings: what the journal knows of each, the latest first."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Engine, Select
from sqlalchemy.exc import SQLAlchemyError

from ivr.journal.entry import Entry, event_of
from ivr.journal.reading import COLUMNS
from ivr.journal.tables import EVENTS
from ivr.model import events
from ivr.model.errors import JournalAwayError
from ivr.model.events import Event
from ivr.model.recording import KeptRecording, RecordingsAsked, Silence

CHUNK = 200
LOOKED_AT_MAX = 10_000
"""Recordings one question may look at; whoever wants more asks on from there."""
TOLD = (
    events.CallStarted.type,
    events.RecordingStarted.type,
    events.RecordingPaused.type,
    events.RecordingResumed.type,
    events.RecordingFinished.type,
    events.RecordingDeleted.type,
    events.DispositionGiven.type,
)

T = TypeVar("T")


class Library:
    """Questions over a connection of their own, one at a time, in a thread; JournalAwayError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()

    async def find(
        self, asked: RecordingsAsked, seen: Callable[[str], bool]
    ) -> tuple[list[KeptRecording], int]:
        """Those of agents that are `seen`, the latest first, and the number to go on before; 0:
        there are no more."""
        return await self._in_turn(lambda: self._find(asked, seen))

    async def one(self, recording: str) -> KeptRecording | None:
        """By its name."""
        started = _started().where(EVENTS.c.call == recording.rpartition("-")[0])
        found = await self._in_turn(lambda: self._kept(self._entries(started)))
        return next((one for one in found if one.recording == recording), None)

    async def has_call(self, call: str) -> bool:
        """Whether the journal has anything of such a call."""
        begun = COLUMNS.where(EVENTS.c.call == call).limit(1)
        return bool(await self._in_turn(lambda: self._entries(begun)))

    async def _in_turn(self, question: Callable[[], T]) -> T:
        async with self._turn:
            try:
                return await asyncio.to_thread(question)
            except SQLAlchemyError as error:
                raise JournalAwayError("the journal's database does not answer") from error

    def _find(
        self, asked: RecordingsAsked, seen: Callable[[str], bool]
    ) -> tuple[list[KeptRecording], int]:
        found: list[KeptRecording] = []
        before = asked.before
        for _ in range(LOOKED_AT_MAX // CHUNK):
            some = self._kept(self._entries(_asked(asked, before)))
            for one in some:
                before = one.number
                if seen(one.agent) and asked.wants(one):
                    found.append(one)
                    if len(found) == asked.limit:
                        return found, before
            if len(some) < CHUNK:
                return found, 0
        return found, before

    def _kept(self, starts: Sequence[Entry]) -> list[KeptRecording]:
        calls = {start.call for start in starts}
        told = COLUMNS.where(EVENTS.c.call.in_(calls), EVENTS.c.type.in_(TOLD))
        histories: dict[str, list[Event]] = defaultdict(list)
        for entry in self._entries(told.order_by(EVENTS.c.id)):
            histories[entry.call or ""].append(event_of(entry))
        return [
            kept(start.id, started, histories[started.call])
            for start in starts
            if isinstance(started := event_of(start), events.RecordingStarted)
        ]

    def _entries(self, query: Select[Any]) -> list[Entry]:
        with self._engine.connect() as connection:
            return [Entry(*row) for row in connection.execute(query)]


def _started() -> Select[Any]:
    return COLUMNS.where(EVENTS.c.type == events.RecordingStarted.type)


def _asked(asked: RecordingsAsked, before: int) -> Select[Any]:
    """What the database can tell apart by an index."""
    query = _started().where(EVENTS.c.at_ms >= round(asked.since * 1000))
    if asked.until * 1000 < 2**62:
        query = query.where(EVENTS.c.at_ms <= round(asked.until * 1000))
    if asked.agent:
        query = query.where(EVENTS.c.agent == asked.agent)
    if asked.call:
        query = query.where(EVENTS.c.call == asked.call)
    if before:
        query = query.where(EVENTS.c.id < before)
    return query.order_by(EVENTS.c.id.desc()).limit(CHUNK)


def kept(number: int, started: events.RecordingStarted, history: Iterable[Event]) -> KeptRecording:
    """The recording, from its call's events in order."""
    caller, result, seconds, deleted = "", "recording", 0.0, False
    disposition = note = ""
    silences: list[Silence] = []
    for event in history:
        if isinstance(event, events.CallStarted):
            caller = event.caller
        elif isinstance(event, events.DispositionGiven):
            if event.agent == started.agent:
                disposition, note = event.code, event.note
        elif getattr(event, "recording", "") != started.recording:
            continue
        elif isinstance(event, events.RecordingFinished):
            result, seconds = event.result, event.seconds
        elif isinstance(event, events.RecordingDeleted):
            deleted = True
        elif isinstance(event, events.RecordingPaused):
            silences.append(Silence(event.at - started.at, None, event.reason))
        elif isinstance(event, events.RecordingResumed) and silences:
            last = silences.pop()
            silences.append(Silence(last.begin_s, event.at - started.at, last.reason))
    return KeptRecording(
        number,
        started.recording,
        started.call,
        started.queue,
        started.agent,
        caller,
        started.at,
        seconds,
        result,
        tuple(silences),
        deleted,
        disposition,
        note,
    )
