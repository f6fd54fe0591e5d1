"""A journal in a directory of its own, closed at the end, and ways to look at what it holds."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.journal import Journal, Limits
from ivr.model.events import CallStarted

FAST = Limits(gather_s=0.0, retry_s_min=0.01, retry_s_max=0.02)


class Disk:
    """The files of one journal, and the troubles they can meet."""

    def __init__(self, directory: Path) -> None:
        self.database = directory / "journal.db"
        self.spill = directory / "journal.spill"
        self.url = f"sqlite:///{self.database}"

    def rows(self) -> list[tuple[int, str | None, int | None, str, str]]:
        """id, call, seq, type, data; in the order written."""
        with sqlite3.connect(self.database) as connection:
            rows = connection.execute("SELECT id, call, seq, type, data FROM events").fetchall()
        connection.close()
        return rows

    @contextmanager
    def outage(self) -> Iterator[None]:
        """The table is gone while this lasts: every write fails at once."""
        self._execute("ALTER TABLE events RENAME TO events_away")
        yield
        self._execute("ALTER TABLE events_away RENAME TO events")

    @contextmanager
    def hang(self) -> Iterator[None]:
        """Somebody holds the database: every write waits."""
        connection = sqlite3.connect(self.database, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
        connection.close()

    def _execute(self, statement: str) -> None:
        connection = sqlite3.connect(self.database, timeout=10)
        connection.execute(statement)
        connection.close()


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


@pytest.fixture
async def journal(disk: Disk) -> AsyncIterator[Journal]:
    journal = Journal(disk.url, limits=FAST)
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
