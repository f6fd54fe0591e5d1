"""A journal on each kind of database, closed at the end, and ways to look at what it holds."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ivr.journal import Journal, Limits
from ivr.journal.database import open_engine
from ivr.model.events import CallStarted
from tests.postgresql import PostgreSQL

FAST = Limits(gather_s=0.0, retry_s_min=0.01, retry_s_max=0.02)
HOLD = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "LOCK TABLE events IN EXCLUSIVE MODE",
}
"""What makes every write wait, on each kind of database."""


class Disk:
    """One journal's database and spill file, and the troubles they can meet."""

    def __init__(self, directory: Path, url: str) -> None:
        self.spill = directory / "journal.spill"
        self.url = url

    def journal(self, limits: Limits = FAST, **options: Callable[[float], None]) -> Journal:
        """A journal that keeps its events here, not started."""
        return Journal(self.url, self.spill, limits=limits, **options)

    def rows(self) -> list[tuple[int, str | None, int | None, str, str]]:
        """id, call, seq, type, data; in order."""
        with self._engine() as engine, engine.connect() as connection:
            query = "SELECT id, call, seq, type, data FROM events ORDER BY id"
            return [tuple(row) for row in connection.execute(text(query))]

    @contextmanager
    def outage(self) -> Iterator[None]:
        """The table is gone while this lasts: every write fails at once."""
        self._execute("ALTER TABLE events RENAME TO events_away")
        yield
        self._execute("ALTER TABLE events_away RENAME TO events")

    @contextmanager
    def hang(self) -> Iterator[None]:
        """Somebody holds the database: every write waits."""
        with self._engine() as engine, engine.connect() as connection:
            connection.execute(text(HOLD[engine.dialect.name]))
            yield
            connection.rollback()

    def _execute(self, statement: str) -> None:
        with self._engine() as engine, engine.begin() as connection:
            connection.execute(text(statement))

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        engine = open_engine(self.url)
        yield engine
        engine.dispose()


@pytest.fixture
def sqlite_disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path, f"sqlite:///{tmp_path / 'journal.db'}")


@pytest.fixture
def postgresql_disk(tmp_path: Path, postgresql: PostgreSQL) -> Disk:
    return Disk(tmp_path, postgresql.new_database())


@pytest.fixture(params=["sqlite", "postgresql"])
def disk(request: pytest.FixtureRequest) -> Disk:
    """Whoever asks for it runs on both."""
    found: Disk = request.getfixturevalue(f"{request.param}_disk")
    return found


@pytest.fixture
async def journal(disk: Disk) -> AsyncIterator[Journal]:
    journal = disk.journal()
    await journal.start()
    yield journal
    await journal.close()


def started(call: str, at: float = 1000.0, **values: str) -> CallStarted:
    """A call that rings."""
    given = {
        "caller": "2001",
        "caller_name": "Anna",
        "dialled": "100",
        "flow": "company",
        "channel": "1.1",
    }
    return CallStarted(at=at, call=call, **{**given, **values})
