"""Calls as the journal holds them, told in few words; and ways to look at its tables."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Engine, select, text

from ivr.journal import database
from ivr.journal.entry import call_of, entry_of
from ivr.journal.numbers import Numbers
from ivr.journal.projector import Projector
from ivr.journal.tables import CALLS, EVENTS, PROJECTIONS, PRUNED_DAYS, QUEUE_LEGS
from ivr.model import events
from ivr.model.agents import AgentState, QueueOutcome
from ivr.model.events import Event

DAY_S = 86400.0
TABLES = {"calls": CALLS, "legs": QUEUE_LEGS, "days": PRUNED_DAYS, "position": PROJECTIONS}


def answered(call: str, at: float, agent: str = "ada") -> list[Event]:
    """Ten seconds of waiting, a minute of talk, and wrap-up after the end."""
    return [
        _started(call, at),
        _entered(call, at),
        _left(call, at + 10, QueueOutcome.ANSWERED, agent),
        events.ConversationStarted(at=at + 10, call=call, queue="sales", agent=agent, channel=""),
        events.ConversationEnded(
            at=at + 70,
            call=call,
            queue="sales",
            agent=agent,
            talk_s=60.0,
            hold_s=0.0,
            ended_by="caller",
        ),
        _ended(call, at + 70, "completed"),
        moved(at + 80, agent, call),
    ]


def abandoned(call: str, at: float) -> list[Event]:
    """Nobody comes for half a minute."""
    return [
        _started(call, at),
        _entered(call, at),
        _left(call, at + 30, QueueOutcome.ABANDONED),
        _ended(call, at + 30, "hangup"),
    ]


def ringing(call: str, at: float) -> list[Event]:
    """A call that has not ended."""
    return [_started(call, at), _entered(call, at)]


def moved(at: float, agent: str, call: str = "") -> Event:
    return events.AgentChanged(
        at=at,
        agent=agent,
        before=AgentState.WRAP_UP,
        after=AgentState.AVAILABLE,
        reason="",
        seconds=10.0,
        call=call,
    )


def _started(call: str, at: float) -> Event:
    return events.CallStarted(
        at=at,
        call=call,
        caller="2001\0\udc80",
        caller_name="",
        dialled="600",
        flow="company",
        channel="1.1",
        config="v1",
    )


def _entered(call: str, at: float) -> Event:
    return events.QueueEntered(
        at=at, call=call, queue="sales", skills="", priority=0, entered_at=at
    )


def _left(call: str, at: float, outcome: QueueOutcome, agent: str = "") -> Event:
    wait_s = 10.0 if agent else 30.0
    return events.QueueLeft(
        at=at, call=call, queue="sales", outcome=outcome, wait_s=wait_s, agent=agent
    )


def _ended(call: str, at: float, result: str) -> Event:
    return events.CallEnded(
        at=at, call=call, flow="company", result=result, duration_s=70.0, node="wait"
    )


class Tables:
    """A journal's tables, written to without a journal."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = database.open_engine(url)
        database.migrate(self.engine)
        self._numbers = Numbers(0, {})

    def write(self, happened: Iterable[Event]) -> None:
        entries = [entry_of(one, *self._numbers.take(call_of(one))) for one in happened]
        if entries:
            database.store(self.engine, entries)

    def skip_a_number(self) -> None:
        """That of an event that is still in the spill file, or lost."""
        self._numbers.take(None)

    def catch_up(self, now: float = 1e9) -> None:
        projector = Projector(self.engine)
        while projector.catch_up(now):
            pass

    def rebuild(self, now: float = 1e9) -> Sequence[tuple[int, int]]:
        """What it tells of its progress."""
        found = Projector(self.engine).rebuild(now)
        return [(progress.done, progress.total) for progress in found]

    def rows(self, *names: str) -> dict[str, list[tuple[Any, ...]]]:
        with self.engine.connect() as connection:
            return {
                name: sorted(tuple(row) for row in connection.execute(select(TABLES[name])))
                for name in names
            }

    def rename(self, table: str, name: str) -> None:
        """Takes a table away, or brings it back."""
        with self.engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))

    def calls(self) -> set[str]:
        """Of which there is any event."""
        with self.engine.connect() as connection:
            return {call for call in connection.scalars(select(EVENTS.c.call)) if call}

    def types(self) -> list[str]:
        """Of events without a call."""
        query = select(EVENTS.c.type).where(EVENTS.c.call.is_(None)).order_by(EVENTS.c.id)
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def close(self) -> None:
        self.engine.dispose()
