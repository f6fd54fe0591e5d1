"""Deletes old events: whole calls, some at a time, so that the journal's own writes hardly wait.

What goes is counted by day in the same transaction: a report can tell of it for ever.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from ivr.journal.entry import Entry
from ivr.journal.projections import AFTERWARDS
from ivr.journal.projector import Projector
from ivr.journal.reading import COLUMNS
from ivr.journal.tables import CALLS, EVENTS, PRUNED_DAYS, QUEUE_LEGS
from ivr.model import events
from ivr.model.errors import JournalAwayError
from ivr.model.retention import Due, Kept

CALLS_AT_ONCE = 25
EVENTS_AT_ONCE = 500
FOR_EVER = (events.ClosureChanged.type, events.EventsPruned.type)
"""Few, and always asked for from the beginning."""
OF_REPORTS = (
    events.ReportScheduled.type,
    events.ReportStarted.type,
    events.ReportSent.type,
    events.ReportFailed.type,
)
"""A server that starts asks for them: the last of each about a report says what all would."""
OF_MESSAGES = (
    events.MessageHeard.type,
    events.MessageDeleted.type,
    events.MessageNotified.type,
)

T = TypeVar("T")


@dataclass(frozen=True)
class _Batch:
    """What one transaction did; `after` is where the next one goes on, None: nowhere."""

    due: Due
    after: tuple[int, Any] | None


class EventPruner:
    """Over a connection of its own, in a thread; JournalAwayError. Days are those of `zone()`."""

    def __init__(self, engine: Engine, zone: Callable[[], str], now: Callable[[], float]) -> None:
        self._engine = engine
        self._zone = zone
        self._now = now
        self._projector = Projector(engine)

    async def due(self, before: float, kept: Kept) -> Due:
        """What `prune` would delete."""
        while await _in_thread(lambda: self._projector.catch_up(self._now())):
            pass
        return await self._all(before, kept, dry_run=True)

    async def prune(self, before: float, kept: Kept) -> Due:
        """Deletes events older than `before`, of calls all or none; between two transactions as
        long as one took is left to others."""
        return await self._all(before, kept, dry_run=False)

    async def _all(self, before: float, kept: Kept, *, dry_run: bool) -> Due:
        whole = Due()
        before_ms = round(before * 1000)
        steps = (self._calls, self._others)
        for step in steps:
            after: tuple[int, Any] | None = (-(2**62), "" if step == self._calls else -1)
            while after is not None:
                begun = time.perf_counter()
                since = after
                batch = await _in_thread(lambda: step(before_ms, since, kept, dry_run))  # noqa: B023
                whole = whole + batch.due
                after = batch.after
                if not dry_run:
                    await asyncio.sleep(time.perf_counter() - begun)
        return whole

    def _calls(self, before_ms: int, after: tuple[int, Any], kept: Kept, dry_run: bool) -> _Batch:
        last_ms, call = after
        old = (
            select(CALLS)
            .where(
                CALLS.c.last_ms < before_ms,
                (CALLS.c.last_ms > last_ms)
                | ((CALLS.c.last_ms == last_ms) & (CALLS.c.call > call)),
            )
            .order_by(CALLS.c.last_ms, CALLS.c.call)
            .limit(CALLS_AT_ONCE)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(old).all()
            if not rows:
                return _Batch(Due(), None)
            going = [row for row in rows if not kept.has(row.call)]
            fresh = _fresh(connection, [row.call for row in going], before_ms)
            going = [row for row in going if row.call not in fresh]
            due = Due(
                len(going),
                sum(row.events for row in going),
                sum(row.call in kept.held() for row in rows),
            )
            if going and not dry_run:
                due = self._delete_calls(connection, going, due.held)
                if any(kept.has(row.call) for row in going):
                    return _Batch(Due(), after)  # a hold was set meanwhile: all is taken back
                connection.commit()
            return _Batch(due, (rows[-1].last_ms, rows[-1].call))

    def _delete_calls(self, connection: Connection, rows: Sequence[Row[Any]], held: int) -> Due:
        calls = [row.call for row in rows]
        gone = connection.execute(delete(EVENTS).where(EVENTS.c.call.in_(calls))).rowcount
        for table in (QUEUE_LEGS, CALLS):
            connection.execute(delete(table).where(table.c.call.in_(calls)))
        days: dict[str, Counter[str]] = {}
        for row in rows:
            day = days.setdefault(self._day(row.started_ms), Counter())
            day["calls"] += 1
            day["answered"] += bool(row.agent)
            day["abandoned"] += row.outcome == "abandoned"
            day["events"] += row.events
        _count(connection, days)
        return Due(len(rows), gone, held)

    def _others(self, before_ms: int, after: tuple[int, Any], kept: Kept, dry_run: bool) -> _Batch:
        at_ms, number = after
        # Of whatever kind, that of calls which are kept among it: to pass over those in the same
        # question may take longer than the database takes for any.
        old = (
            select(EVENTS.c.id, EVENTS.c.at_ms, EVENTS.c.call)
            .where(
                EVENTS.c.at_ms < before_ms,
                EVENTS.c.at_ms >= at_ms,  # what follows says this, too, but to no index
                (EVENTS.c.at_ms > at_ms) | (EVENTS.c.id > number),
            )
            .order_by(EVENTS.c.at_ms, EVENTS.c.id)
            .limit(EVENTS_AT_ONCE)
        )
        with self._engine.connect() as connection:
            page = connection.execute(old).all()
            if not page:
                return _Batch(Due(), None)
            begun = _begun(connection, {row.call for row in page if row.call})
            numbers = [row.id for row in page if row.call not in begun]
            rows = [
                Entry(*row)
                for row in connection.execute(
                    COLUMNS.where(EVENTS.c.id.in_(numbers), EVENTS.c.type.not_in(FOR_EVER))
                )
            ]
            stay = _last_states(connection, rows) | _of_calls_there(connection, rows)
            stay |= _last_of_reports(connection, rows)
            going = [row for row in rows if row.id not in stay and not _is_kept(row, kept)]
            if going and not dry_run:
                numbers = [row.id for row in going]
                connection.execute(delete(EVENTS).where(EVENTS.c.id.in_(numbers)))
                days: dict[str, Counter[str]] = {}
                for row in going:
                    days.setdefault(self._day(row.at_ms), Counter())["events"] += 1
                _count(connection, days)
                if any(_is_kept(row, kept) for row in going):
                    return _Batch(Due(), after)
                connection.commit()
            return _Batch(Due(0, len(going), 0), (page[-1].at_ms, page[-1].id))

    def _day(self, at_ms: int) -> str:
        return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self._zone())).strftime("%Y-%m-%d")


def _fresh(connection: Connection, calls: Collection[str], before_ms: int) -> set[str]:
    """Those of which something younger is told, which the table of calls does not know yet; and
    those that hold the last state of an agent, which a restarted server asks for."""
    young = select(EVENTS.c.call).where(
        EVENTS.c.call.in_(calls), EVENTS.c.at_ms >= before_ms, EVENTS.c.type.not_in(AFTERWARDS)
    )
    moves = COLUMNS.where(EVENTS.c.call.in_(calls), EVENTS.c.type == events.AgentChanged.type)
    moved = [Entry(*row) for row in connection.execute(moves)]
    last = _last_states(connection, moved)
    return set(connection.scalars(young)) | {str(row.call) for row in moved if row.id in last}


def _last_states(connection: Connection, rows: Sequence[Entry]) -> set[int]:
    """Numbers of those that are the last word about an agent."""
    changed = events.AgentChanged.type
    agents = {row.agent for row in rows if row.type == changed and row.agent}
    last: set[int] = set()
    for agent in agents:
        newest = (
            select(EVENTS.c.id)
            .where(EVENTS.c.type == changed, EVENTS.c.agent == agent)
            .order_by(EVENTS.c.id.desc())
            .limit(1)
        )
        last.update(connection.scalars(newest))
    return last


def _last_of_reports(connection: Connection, rows: Sequence[Entry]) -> set[int]:
    """Numbers of those that are the last of their kind about a report."""
    missing = {(row.type, row.fields().get("report")) for row in rows if row.type in OF_REPORTS}
    last: set[int] = set()
    for kind in {kind for kind, _ in missing}:
        # Of no agent, which is said for the index of types and agents: it is read backwards.
        of_it = COLUMNS.where(EVENTS.c.type == kind, EVENTS.c.agent.is_(None))
        newest = of_it.order_by(EVENTS.c.id.desc()).execution_options(yield_per=EVENTS_AT_ONCE)
        with connection.execute(newest) as found:
            for row in found:
                about = (kind, Entry(*row).fields().get("report"))
                if about in missing:
                    missing.remove(about)
                    last.add(row.id)
                if all(other != kind for other, _ in missing):
                    break
    return last


def _of_calls_there(connection: Connection, rows: Sequence[Entry]) -> set[int]:
    """Numbers of what belongs to a call that is still there: who was consulted about `CALL` is
    told of as `CALL+1`."""
    bases = {row.id: row.call.partition("+")[0] for row in rows if row.call and "+" in row.call}
    found = _begun(connection, set(bases.values()))
    return {number for number, base in bases.items() if base in found}


def _begun(connection: Connection, calls: Collection[str]) -> set[str]:
    """Those of which the beginning is there."""
    begun = select(EVENTS.c.call).where(
        EVENTS.c.type == events.CallStarted.type, EVENTS.c.call.in_(calls)
    )
    return {str(call) for call in connection.scalars(begun)} if calls else set()


def _is_kept(row: Entry, kept: Kept) -> bool:
    if row.call is not None and kept.has(row.call):
        return True
    return row.type in OF_MESSAGES and row.fields().get("file") in kept.messages


def _count(connection: Connection, days: dict[str, Counter[str]]) -> None:
    """Adds to what is known of these days."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    names = ("calls", "answered", "abandoned", "events")
    rows = [{"day": day, **{name: one[name] for name in names}} for day, one in days.items()]
    adding = make(PRUNED_DAYS)
    more = {name: PRUNED_DAYS.c[name] + adding.excluded[name] for name in names}
    connection.execute(adding.on_conflict_do_update(index_elements=["day"], set_=more), rows)


async def _in_thread(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except SQLAlchemyError as error:
        raise JournalAwayError("the journal's database does not answer") from error
