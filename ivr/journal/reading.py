"""Reading the journal: for recovery after a restart, and for `ivr calls` and `ivr explain`."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, Engine, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from ivr.journal import database
from ivr.journal.entry import Entry, event_of
from ivr.journal.tables import EVENTS
from ivr.model.agents import AgentState, QueueOutcome
from ivr.model.errors import UserError
from ivr.model.events import (
    EVENT_TYPES,
    AgentChanged,
    CallEnded,
    CallStarted,
    ClosureChanged,
    ConversationEnded,
    ConversationStarted,
    Event,
    HoldChanged,
    MessageDeleted,
    MessageHeard,
    MessageLeft,
    MessageNotified,
    NodeLeft,
    OrderGiven,
    QueueEntered,
    QueueLeft,
    ReportFailed,
    ReportScheduled,
    ReportSent,
    ReportStarted,
)

COLUMNS = select(
    EVENTS.c.id,
    EVENTS.c.call,
    EVENTS.c.seq,
    EVENTS.c.at_ms,
    EVENTS.c.type,
    EVENTS.c.agent,
    EVENTS.c.data,
)
_CHUNK = 500
LATE_MAX = 2000
"""Events told of later than others that happened after them: more than there ever are at once."""
_STARTED = CallStarted.type
CALLERS_MAX = 30_000
"""Beginnings and ends looked back at for who talked to whom last."""
HANDLED_MAX = 1000
"""Conversations looked back at for handle times."""


@dataclass(frozen=True)
class Abandon:
    """Somebody hung up while waiting."""

    at: float
    queue: str
    caller: str
    """Never empty: nobody knows an anonymous caller again."""
    entered_at: float


class JournalReader:
    """Blocking queries. Event types this version does not know are left out of typed answers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Self:
        """For a reader of its own (the command line); UserError when there is no journal."""
        file = database.sqlite_file(url)
        if file is not None and not file.exists():
            raise UserError(
                f"no journal at {file}; it is written while the server runs (`make run`); "
                "name another instance with --state-dir"
            )
        engine = database.open_engine(url)
        try:
            with engine.connect() as connection:
                connection.execute(select(EVENTS.c.id).limit(1))
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise UserError(
                f"cannot read the journal at {engine.url.render_as_string()}: {cause}"
            ) from error
        return cls(engine)

    def close(self) -> None:
        self._engine.dispose()

    def last_agent_states(self) -> dict[str, AgentChanged]:
        """The last change of every agent."""
        latest = (
            select(func.max(EVENTS.c.id))
            .where(EVENTS.c.type == AgentChanged.type, EVENTS.c.agent.is_not(None))
            .group_by(EVENTS.c.agent)
        )
        entries = self._entries(COLUMNS.where(EVENTS.c.id.in_(latest)))
        changes = [event_of(entry) for entry in entries]
        return {change.agent: change for change in changes if isinstance(change, AgentChanged)}

    def agent_moves(self, agent: str, begin: float, end: float) -> list[AgentChanged]:
        """What state the agent was in when this time began, and every change until its end."""
        moves = COLUMNS.where(EVENTS.c.type == AgentChanged.type, EVENTS.c.agent == agent)
        first, last = round(begin * 1000), round(end * 1000)
        before = moves.where(EVENTS.c.at_ms < first).order_by(EVENTS.c.id.desc()).limit(1)
        within = moves.where(EVENTS.c.at_ms >= first, EVENTS.c.at_ms <= last).order_by(EVENTS.c.id)
        found = map(event_of, [*self._entries(before), *self._entries(within)])
        return [move for move in found if isinstance(move, AgentChanged)]

    def orders_about(self, agent: str, latest: int) -> list[OrderGiven]:
        """The latest about this agent, in order."""
        query = COLUMNS.where(EVENTS.c.type == OrderGiven.type, EVENTS.c.agent == agent)
        entries = self._entries(query.order_by(EVENTS.c.id.desc()).limit(latest))
        found = map(event_of, reversed(entries))
        return [order for order in found if isinstance(order, OrderGiven)]

    def agent_orders(self, since: float) -> list[OrderGiven]:
        """About whichever agent, from then on, in order."""
        query = COLUMNS.where(
            EVENTS.c.type == OrderGiven.type,
            EVENTS.c.agent.is_not(None),
            EVENTS.c.at_ms >= round(since * 1000),
        )
        found = map(event_of, self._entries(query.order_by(EVENTS.c.id)))
        return [order for order in found if isinstance(order, OrderGiven)]

    def closures(self) -> list[ClosureChanged]:
        """Every change of an emergency closure, in order: people make few."""
        query = COLUMNS.where(EVENTS.c.type == ClosureChanged.type).order_by(EVENTS.c.id)
        found = map(event_of, self._entries(query))
        return [change for change in found if isinstance(change, ClosureChanged)]

    def holds(self) -> list[HoldChanged]:
        """Every legal hold set or lifted, in order: people set few."""
        query = COLUMNS.where(EVENTS.c.type == HoldChanged.type).order_by(EVENTS.c.id)
        found = map(event_of, self._entries(query))
        return [change for change in found if isinstance(change, HoldChanged)]

    def reports(self) -> list[Event]:
        """What became of scheduled reports, in order: a few for each time one is due."""
        kinds = (ReportScheduled, ReportStarted, ReportSent, ReportFailed)
        query = COLUMNS.where(EVENTS.c.type.in_([kind.type for kind in kinds]))
        return known_events(self._entries(query.order_by(EVENTS.c.id)))

    def messages_since(self, since: float) -> list[Event]:
        """What became of voice messages since then, in order."""
        kinds = (MessageLeft, MessageHeard, MessageDeleted, MessageNotified)
        query = COLUMNS.where(
            EVENTS.c.type.in_([kind.type for kind in kinds]),
            EVENTS.c.at_ms >= round(since * 1000),
        )
        return known_events(self._entries(query.order_by(EVENTS.c.id)))

    def handle_times(self, latest: int = HANDLED_MAX) -> list[tuple[str, float]]:
        """(queue, seconds of talk, hold and wrap-up) of the latest conversations, in order."""
        talks = COLUMNS.where(EVENTS.c.type == ConversationEnded.type)
        entries = self._entries(talks.order_by(EVENTS.c.id.desc()).limit(latest))
        ended = [e for e in map(event_of, reversed(entries)) if isinstance(e, ConversationEnded)]
        if not ended:
            return []
        moves = self._entries(
            COLUMNS.where(EVENTS.c.type == AgentChanged.type, EVENTS.c.id >= entries[-1].id)
        )
        wrap_up_s: dict[tuple[str, str], float] = {}
        for move in map(event_of, moves):
            if isinstance(move, AgentChanged) and move.before is AgentState.WRAP_UP:
                wrap_up_s[move.call, move.agent] = move.seconds
        return [
            (e.queue, e.talk_s + e.hold_s + wrap_up_s.get((e.call, e.agent), 0.0)) for e in ended
        ]

    def conversations(self, latest: int = CALLERS_MAX) -> list[Event]:
        """Beginnings of calls and of conversations, the latest, in order."""
        kinds = (CallStarted.type, ConversationStarted.type, CallEnded.type)
        newest = COLUMNS.where(EVENTS.c.type.in_(kinds)).order_by(EVENTS.c.id.desc())
        return known_events(list(reversed(self._entries(newest.limit(latest)))))

    def abandons_since(self, since: float) -> list[Abandon]:
        """Who hung up while waiting, since then, in order; without those who have got their place
        back, or were served, by calling again."""
        kinds = (QueueLeft.type, QueueEntered.type)
        recent = self._entries(
            COLUMNS.where(EVENTS.c.type.in_(kinds), EVENTS.c.at_ms >= round(since * 1000)).order_by(
                EVENTS.c.id
            )
        )
        found = [event_of(entry) for entry in recent]
        callers = self._callers({entry.call for entry in recent if entry.call})
        places: dict[tuple[str, str], Abandon] = {}
        for event in found:
            if not isinstance(event, QueueLeft | QueueEntered):
                continue
            key = (event.queue, callers.get(event.call, ""))
            if isinstance(event, QueueEntered):
                places.pop(key, None)
            elif event.outcome is QueueOutcome.ABANDONED and key[1]:
                places[key] = Abandon(event.at, *key, event.at - event.wait_s)
        return list(places.values())

    def _callers(self, calls: set[str]) -> dict[str, str]:
        """The number each of these calls came from."""
        histories = self.events(sorted(calls))
        starts = [event_of(e) for es in histories.values() for e in es if e.type == _STARTED]
        return {start.call: start.caller for start in starts if isinstance(start, CallStarted)}

    def exits_taken(self, flow: str, since: float) -> dict[tuple[str, str], int]:
        """(node, outcome) of a flow -> how often callers left the node that way since then."""
        query = select(EVENTS.c.data).where(
            EVENTS.c.type == NodeLeft.type, EVENTS.c.at_ms >= round(since * 1000)
        )
        counts: dict[tuple[str, str], int] = {}
        with self._engine.connect() as connection:
            for (data,) in connection.execute(query.execution_options(yield_per=_CHUNK)):
                left = json.loads(data)
                if left.get("flow") == flow:
                    way = (str(left.get("node")), str(left.get("outcome")))
                    counts[way] = counts.get(way, 0) + 1
        return counts

    def open_calls(self) -> dict[str, list[Event]]:
        """All events of every call that started and has not ended, in order of start."""
        with self._engine.connect() as connection:
            calls = [str(call) for call in connection.scalars(_open_calls())]
        return {call: known_events(entries) for call, entries in self.events(calls).items()}

    def open_call_numbers(self) -> dict[str, int]:
        """The last `seq` of every open call."""
        query = (
            select(EVENTS.c.call, func.max(EVENTS.c.seq))
            .where(EVENTS.c.call.in_(_open_calls()))
            .group_by(EVENTS.c.call)
        )
        with self._engine.connect() as connection:
            return {str(call): int(seq) for call, seq in connection.execute(query)}

    def last_calls(self, count: int) -> dict[str, list[Entry]]:
        """The entries of the `count` calls that started last, latest call first."""
        query = (
            select(EVENTS.c.call)
            .where(EVENTS.c.type == CallStarted.type)
            .order_by(EVENTS.c.id.desc())
            .limit(count)
        )
        with self._engine.connect() as connection:
            calls = [str(call) for call in connection.scalars(query)]
        return self.events(calls)

    def events(self, calls: list[str]) -> dict[str, list[Entry]]:
        """The entries of each of these calls, in order; the calls in the order given."""
        found: dict[str, list[Entry]] = defaultdict(list)
        for start in range(0, len(calls), _CHUNK):
            some = calls[start : start + _CHUNK]
            query = COLUMNS.where(EVENTS.c.call.in_(some)).order_by(EVENTS.c.id)
            for entry in self._entries(query):
                found[entry.call or ""].append(entry)
        return {call: found[call] for call in calls}

    def entries_after(self, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Entries of every kind in order, at most `limit` of those whose id is above `after`."""
        query = COLUMNS.where(EVENTS.c.id > after).order_by(EVENTS.c.id).limit(limit)
        return self._entries(query)

    def last_number(self) -> int:
        """Of the newest entry; 0: there is none."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.max(EVENTS.c.id))) or 0

    def find_call(self, prefix: str) -> str:
        """The one call whose id starts with `prefix`; UserError when none or several do."""
        query = (
            select(EVENTS.c.call)
            .where(
                EVENTS.c.type == CallStarted.type,
                EVENTS.c.call.startswith(prefix, autoescape=True),
            )
            .order_by(EVENTS.c.id.desc())
            .limit(6)
        )
        with self._engine.connect() as connection:
            found = [str(call) for call in connection.scalars(query)]
        if prefix in found:
            return prefix
        if not found:
            raise UserError(f"no call starts with {prefix!r}; `ivr calls` lists the latest")
        if len(found) > 1:
            some = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
            raise UserError(f"several calls start with {prefix!r}: {some}; give more of the id")
        return found[0]

    def _entries(self, query: Select[Any]) -> list[Entry]:
        with self._engine.connect() as connection:
            return [Entry(*row) for row in connection.execute(query)]


def first_number(connection: Connection, begin: float) -> int | None:
    """Number of the first event at this time or later; None: there is none.

    By the index of times, whatever a database thinks: asked for the least number alone, it walks
    all numbers from the oldest on. Numbers follow times but for a few told of later, so the least
    one is among the first by time.
    """
    first = select(EVENTS.c.id).where(EVENTS.c.at_ms >= round(begin * 1000))
    nearest = first.order_by(EVENTS.c.at_ms).limit(LATE_MAX).subquery()
    number: int | None = connection.scalar(select(func.min(nearest.c.id)))
    return number


def known_events(entries: Iterable[Entry]) -> list[Event]:
    """The domain events among them, leaving out types of another version."""
    return [event_of(entry) for entry in entries if entry.type in EVENT_TYPES]


def _open_calls() -> Select[Any]:
    ended = EVENTS.alias("ended")
    over = select(ended.c.id).where(ended.c.type == CallEnded.type, ended.c.call == EVENTS.c.call)
    return (
        select(EVENTS.c.call)
        .where(EVENTS.c.type == CallStarted.type, ~over.exists())
        .order_by(EVENTS.c.id)
    )
