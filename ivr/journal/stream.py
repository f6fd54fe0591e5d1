"""History in the order of the journal, a page at a time: however long it is, little is held."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from ivr.journal.entry import Entry, UnreadableEntryError, event_of
from ivr.journal.reading import COLUMNS, JournalReader, first_number
from ivr.journal.tables import EVENTS, PRUNED_DAYS
from ivr.model.events import (
    EVENT_TYPES,
    AgentChanged,
    Event,
    EventsPruned,
    ServerStarted,
    ServerStopped,
)
from ivr.report.pruned import PrunedDay

PAGE = 2000


class HistoryReader(JournalReader):
    """Reads a span of history; `unreadable` counts entries that another version wrote."""

    unreadable = 0

    def events_from(self, begin: float, types: Collection[str]) -> Iterator[Event]:
        """Events of these types from the first one at this time or later, to the journal's end.

        A few of before may be among them: events are numbered in the order in which they were
        recorded, and some tell of a moment before that.
        """
        with self._engine.connect() as connection:
            first = first_number(connection, begin)
        after = None if first is None else first - 1
        known = EVENT_TYPES.keys() & set(types)
        while after is not None:
            page = self._page(after)
            wanted = (Entry(*row) for row in page if row.type in known)
            yield from filter(None, map(self._event, wanted))
            after = page[-1].id if len(page) == PAGE else None

    def begins_at(self) -> float | None:
        """When the first event happened; None: there is none."""
        first = select(EVENTS.c.at_ms).order_by(EVENTS.c.id).limit(1)
        with self._engine.connect() as connection:
            at_ms = connection.scalar(first)
        return None if at_ms is None else at_ms / 1000

    def pruned_before(self) -> float:
        """Events older than this were deleted, those of some calls apart; 0: none were."""
        told = COLUMNS.where(EVENTS.c.type == EventsPruned.type).order_by(EVENTS.c.id)
        known = (self._event(entry) for entry in self._entries(told))
        return max((one.before for one in known if isinstance(one, EventsPruned)), default=0.0)

    def pruned_days(self, first: str, last: str) -> list[PrunedDay]:
        """What was counted of events before they were deleted, by day from `first` to `last`."""
        query = select(PRUNED_DAYS).where(PRUNED_DAYS.c.day.between(first, last))
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(query.order_by(PRUNED_DAYS.c.day)).all()
        except SQLAlchemyError:
            return []  # a journal that no server of this version has opened yet
        return [PrunedDay(*row) for row in rows]

    def agent_states_at(self, moment: float) -> list[AgentChanged]:
        """The last change of each agent before this time, by the server that ran then."""
        at_ms = round(moment * 1000)
        lives = (ServerStarted.type, ServerStopped.type)
        with self._engine.connect() as connection:
            life = connection.scalar(
                select(func.max(EVENTS.c.id)).where(
                    EVENTS.c.type.in_(lives), EVENTS.c.at_ms < at_ms
                )
            )
        latest = (
            select(func.max(EVENTS.c.id))
            .where(
                EVENTS.c.type == AgentChanged.type,
                EVENTS.c.agent.is_not(None),
                EVENTS.c.at_ms < at_ms,
                EVENTS.c.id > (life or 0),
            )
            .group_by(EVENTS.c.agent)
        )
        entries = self._entries(COLUMNS.where(EVENTS.c.id.in_(latest)).order_by(EVENTS.c.id))
        changes = map(self._event, entries)
        return [change for change in changes if isinstance(change, AgentChanged)]

    def _page(self, after: int) -> Sequence[Any]:
        """Of every type: asked for some, a database may take the index of types, and sort all."""
        query = COLUMNS.where(EVENTS.c.id > after).order_by(EVENTS.c.id).limit(PAGE)
        with self._engine.connect() as connection:
            return connection.execute(query).all()

    def _event(self, entry: Entry) -> Event | None:
        try:
            return event_of(entry)
        except UnreadableEntryError:
            self.unreadable += 1
            return None
