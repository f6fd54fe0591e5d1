"""What one agent has done since a moment: the part of the journal their figures are made of."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from ivr.journal.entry import Entry
from ivr.journal.reading import COLUMNS, first_number, known_events
from ivr.journal.tables import EVENTS
from ivr.model import events
from ivr.model.errors import JournalAwayError
from ivr.model.events import Event

LIVES = (events.ServerStarted.type, events.ServerStopped.type)
OWN = (
    events.AgentChanged.type,
    events.OfferEnded.type,
    events.ConversationEnded.type,
    events.Transferred.type,
)
EVENTS_MAX = 20_000
"""More than anybody does in a day; of more, the first."""
OF_A_LIFE = EVENTS.c.type.in_(LIVES) & EVENTS.c.agent.is_(None)
"""Of no agent, which is said for the index of types and agents."""
IN_ORDER = EVENTS.c.id + 0
"""Sorted after they are found: for the plain number a database may walk everybody's events."""


class AgentDays:
    """Questions in a thread, one at a time; JournalAwayError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()

    async def since(
        self, agent: str, begin: float
    ) -> tuple[events.AgentChanged | None, Sequence[Event]]:
        """The agent's last change before that time, unless the server was away after it; and what
        of theirs has happened from then on, with the server's own beginnings and ends."""
        async with self._turn:
            try:
                return await asyncio.to_thread(self._since, agent, begin)
            except SQLAlchemyError as error:
                raise JournalAwayError("the journal's database does not answer") from error

    def _since(
        self, agent: str, begin: float
    ) -> tuple[events.AgentChanged | None, Sequence[Event]]:
        with self._engine.connect() as connection:
            first = self._first(connection, begin)
            own = COLUMNS.where(EVENTS.c.type.in_(OWN), EVENTS.c.agent == agent)
            lives = COLUMNS.where(OF_A_LIFE)
            found = [
                row
                for kind in (own, lives)
                for row in connection.execute(
                    kind.where(EVENTS.c.id >= first).order_by(IN_ORDER).limit(EVENTS_MAX)
                )
            ]
            before = self._before(connection, agent, first)
        entries = sorted((Entry(*row) for row in found), key=lambda entry: entry.id)
        return before, list(known_events(entries))

    def _first(self, connection: Connection, begin: float) -> int:
        """Number of the first event at that time or later: by it, an index finds what follows."""
        first = first_number(connection, begin)
        if first is None:
            first = 1 + (connection.scalar(select(func.max(EVENTS.c.id))) or 0)
        return first

    def _before(self, connection: Connection, agent: str, first: int) -> events.AgentChanged | None:
        life = connection.scalar(
            select(func.max(EVENTS.c.id)).where(OF_A_LIFE, EVENTS.c.id < first)
        )
        row = connection.execute(
            COLUMNS.where(
                EVENTS.c.type == events.AgentChanged.type,
                EVENTS.c.agent == agent,
                EVENTS.c.id < first,
                EVENTS.c.id > (life or 0),
            )
            .order_by(EVENTS.c.id.desc())
            .limit(1)
        ).first()
        known = known_events([Entry(*row)]) if row else []
        return next((one for one in known if isinstance(one, events.AgentChanged)), None)
