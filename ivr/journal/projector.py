"""Keeps `calls` and `queue_legs` up with the events, and makes them anew.

A call's rows are always made from all of its events, never added to: whoever makes them, and how
often, they are the same. Who does so holds the row of `projections`, so two never mix.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from ivr.journal.entry import Entry
from ivr.journal.projections import Rows, rows_of
from ivr.journal.reading import COLUMNS
from ivr.journal.tables import CALLS, EVENTS, PROJECTIONS, QUEUE_LEGS
from ivr.model.events import CallEnded

PAGE = 300
"""Events looked at in one transaction: the journal's own writes wait for it."""
AT_ONCE = 25
"""Calls made anew in one transaction."""
LOOKED_AT = 500
"""Calls of which it is asked at once whether the journal has them."""
LOOK_S = 2.0
GAP_S = 30.0
"""Numbers missing before an event this young may still come, by way of the spill file."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Progress:
    """Of a rebuild, in calls."""

    done: int
    total: int


class Projector:
    """Over a connection of its own. Blocking but for `run`; SQLAlchemyError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def catch_up(self, now: float) -> int:
        """Takes in the next events, and tells how many; 0: the tables are up to date."""
        with self._engine.connect() as connection:
            if not _next(connection, now):
                return 0
        with self._engine.begin() as connection:
            _hold(connection)
            entries = _next(connection, now)
            if entries:
                _replace(connection, _ended(connection, entries))
                _move_to(connection, entries[-1].id)
            return len(entries)

    async def run(
        self,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Until cancelled; between two steps as long as one took is left to others. While the
        database is away nothing is missed: the events are read when it is back."""
        failing = False
        while True:
            begun, taken = time.perf_counter(), 0
            try:
                taken = await asyncio.to_thread(self.catch_up, now())
                failing = False
            except SQLAlchemyError as error:
                if not failing:
                    log.warning("tables of calls are not brought up to date", error=str(error))
                failing = True
            await sleep(time.perf_counter() - begun if taken else LOOK_S)

    def rebuild(self, now: float) -> Iterator[Progress]:
        """Makes every row anew, some calls at a time; the server may run meanwhile."""
        with self._engine.connect() as connection:
            settled = _settled(connection, now)
            ends = select(func.count()).where(EVENTS.c.type == CallEnded.type)
            total = connection.scalar(ends) or 0
        for table in (CALLS, QUEUE_LEGS):
            self._forget_unknown(table)
        done, last = 0, ""
        while True:
            with self._engine.begin() as connection:
                _hold(connection)
                calls = connection.scalars(
                    select(EVENTS.c.call)
                    .where(EVENTS.c.type == CallEnded.type, EVENTS.c.call > last)
                    .distinct()
                    .order_by(EVENTS.c.call)
                    .limit(AT_ONCE)
                ).all()
                if not calls:
                    _settle(connection, settled)
                    return
                _replace(connection, calls)
            done, last = done + len(calls), calls[-1]
            yield Progress(done, max(done, total))

    def _forget_unknown(self, table: Table) -> None:
        """Rows of calls that have no end in the journal."""
        last = ""
        while True:
            with self._engine.begin() as connection:
                _hold(connection)
                calls = connection.scalars(
                    select(table.c.call)
                    .where(table.c.call > last)
                    .distinct()
                    .order_by(table.c.call)
                    .limit(LOOKED_AT)
                ).all()
                if not calls:
                    return
                ended = select(EVENTS.c.call).where(
                    EVENTS.c.type == CallEnded.type, EVENTS.c.call.in_(calls)
                )
                unknown = set(calls) - set(connection.scalars(ended))
                if unknown:
                    connection.execute(delete(table).where(table.c.call.in_(unknown)))
            last = calls[-1]


def _hold(connection: Connection) -> None:
    """Nobody else makes rows until this transaction is over."""
    connection.execute(update(PROJECTIONS).values(position=PROJECTIONS.c.position))


def _move_to(connection: Connection, position: int) -> None:
    connection.execute(update(PROJECTIONS).values(position=position))


def _position(connection: Connection) -> int:
    return connection.scalar(select(PROJECTIONS.c.position)) or 0


def _next(connection: Connection, now: float) -> list[Entry]:
    """The next entries, up to a gap that may still be filled."""
    last = _position(connection)
    query = COLUMNS.where(EVENTS.c.id > last).order_by(EVENTS.c.id).limit(PAGE)
    found: list[Entry] = []
    for row in connection.execute(query):
        entry = Entry(*row)
        if entry.id > last + 1 and entry.at > now - GAP_S:
            break
        found.append(entry)
        last = entry.id
    return found


def _ended(connection: Connection, entries: Collection[Entry]) -> Collection[str]:
    """Calls these are about that have ended by now, or had before."""
    calls = {entry.call for entry in entries if entry.call}
    ended = select(EVENTS.c.call).where(
        EVENTS.c.type == CallEnded.type,
        EVENTS.c.call.in_(calls),
        EVENTS.c.id <= max(entry.id for entry in entries),
    )
    return set(connection.scalars(ended))


def _replace(connection: Connection, calls: Collection[str]) -> None:
    """Their rows, from all of their events."""
    some = sorted(calls)
    histories: dict[str, list[Entry]] = {call: [] for call in some}
    for row in connection.execute(COLUMNS.where(EVENTS.c.call.in_(some)).order_by(EVENTS.c.id)):
        histories[row.call].append(Entry(*row))
    made = [_made(call, entries) for call, entries in histories.items()]
    _write(connection, some, made)


def _made(call: str, entries: list[Entry]) -> Rows:
    """None of a call whose events make no sense: it must not keep others from being told of."""
    try:
        return rows_of(call, entries)
    except Exception:
        log.exception("a call is in no table: its events make no sense", call=call)
        return Rows()


def _write(connection: Connection, calls: Collection[str], made: list[Rows]) -> None:
    for table, rows in (
        (CALLS, [row for one in made for row in one.calls]),
        (QUEUE_LEGS, [row for one in made for row in one.legs]),
    ):
        connection.execute(delete(table).where(table.c.call.in_(calls)))
        if rows:
            connection.execute(insert(table), rows)


def _settled(connection: Connection, now: float) -> int:
    """A number below which no event is missing that may still come."""
    query = COLUMNS.order_by(EVENTS.c.id.desc()).limit(1000)
    latest = [Entry(*row) for row in connection.execute(query)]
    old = (entry.id for entry in latest if entry.at <= now - GAP_S)
    return next(old, latest[-1].id - 1 if latest else 0)


def _settle(connection: Connection, settled: int) -> None:
    """Where `catch_up` goes on: as far as it was, unless that is behind, or nowhere."""
    last = connection.scalar(select(func.max(EVENTS.c.id))) or 0
    if not settled <= _position(connection) <= last:
        _move_to(connection, settled)
