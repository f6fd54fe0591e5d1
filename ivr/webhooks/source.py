"""What the journal holds behind a number, in order. Blocking."""

from collections.abc import Sequence

from sqlalchemy import Engine, func, select

from ivr.journal.entry import Entry
from ivr.journal.reading import COLUMNS
from ivr.journal.tables import EVENTS

PAGE = 500
GAP_S = 10.0
"""Events written down late, by way of the journal's spill file, are waited for so long."""


class Source:
    """One webhook's way through the journal."""

    def __init__(self, engine: Engine, gap_s: float = GAP_S) -> None:
        self._engine = engine
        self._gap_s = gap_s
        self._gap_since: float | None = None

    def newest(self) -> int:
        with self._engine.connect() as connection:
            return connection.scalar(select(func.max(EVENTS.c.id))) or 0

    def after(self, position: int, now: float) -> Sequence[Entry]:
        """The next entries. Numbers have no gaps but those of events that were lost, so behind a
        gap nothing is told until it has been there for `gap_s`."""
        query = COLUMNS.where(EVENTS.c.id > position).order_by(EVENTS.c.id).limit(PAGE)
        with self._engine.connect() as connection:
            found = [Entry(*row) for row in connection.execute(query)]
        if not found:
            return []
        if found[0].id > position + 1:
            self._gap_since = now if self._gap_since is None else self._gap_since
            if now - self._gap_since < self._gap_s:
                return []
        self._gap_since = None
        whole = 1
        while whole < len(found) and found[whole].id == found[whole - 1].id + 1:
            whole += 1
        return found[:whole]
