"""The day of test_day, written by servers that are killed and whose database goes away meanwhile.

Each server goes on where the journal ends, as a real one does. In the end the table is the same, to
the last byte, as that of a server to which nothing happened: no event is lost, none is there twice.
"""

import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random

import pytest

from ivr.journal.entry import Entry, call_of, entry_of
from ivr.journal.numbers import Numbers
from ivr.journal.reading import JournalReader
from ivr.model.events import Event
from tests.long.day import day
from tests.postgresql import PostgreSQL
from tests.unit.journal.conftest import Disk

AT_ONCE = 4000
"""Events in a page, after which a server waits until they are durable."""
KILLS = 3
PAUSE_S = 0.05
"""How far into the next events a server gets before it is killed, at most."""
SERVER = """
import asyncio, pickle, structlog, sys
from pathlib import Path
from ivr.journal import Journal, JournalReader

def page(file):
    return pickle.loads(file.read_bytes()) if file.exists() else []

async def main(url, spill, pages, at_once):
    journal = Journal(url, Path(spill))
    await journal.start()
    reader = JournalReader.open(url)
    done = reader.last_number()
    reader.close()
    print("found", done, flush=True)
    while happened := page(Path(pages) / str(done // at_once))[done % at_once :]:
        for event in happened:
            journal.record(event)
        await journal.flush()
        done += len(happened)
        print("durable" if journal.database_up else "away", done, flush=True)
    await journal.settled()
    await journal.close()

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
asyncio.run(main(*sys.argv[1:4], int(sys.argv[4])))
"""


class Server:
    """A process that writes the day from where the journal ends."""

    def __init__(self, disk: Disk, pages: Path) -> None:
        command = [
            sys.executable,
            "-c",
            SERVER,
            disk.url,
            str(disk.spill),
            str(pages),
            str(AT_ONCE),
        ]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def tells(self) -> tuple[str, int]:
        """The next thing; ("", 0) when it is through."""
        assert self._process.stdout is not None
        word, _, number = self._process.stdout.readline().partition(" ")
        return word, int(number or 0)

    def kill(self) -> int:
        """Wherever it is; how many events it had called durable."""
        assert self._process.stdout is not None
        self._process.kill()
        said = [int(line.split()[1]) for line in self._process.stdout if line.endswith("\n")]
        return max(said, default=0)

    def is_through(self) -> bool:
        return self._process.wait(timeout=30) == 0


@contextmanager
def killed(server: PostgreSQL) -> Iterator[None]:
    """The database as after a power cut, until it is started again."""
    server.kill()
    yield
    server.start()


@pytest.fixture(params=["sqlite", "postgresql"])
def disk_and_outage(
    request: pytest.FixtureRequest,
) -> tuple[Disk, AbstractContextManager[None]]:
    disk: Disk = request.getfixturevalue(f"{request.param}_disk")
    if request.param == "sqlite":
        return disk, disk.outage()
    return disk, killed(request.getfixturevalue("postgresql"))


@pytest.mark.timeout(120)
def test_after_three_kills_and_an_outage_nothing_is_lost_or_doubled(
    disk_and_outage: tuple[Disk, AbstractContextManager[None]], tmp_path: Path
) -> None:
    disk, outage = disk_and_outage
    happened = day()
    if disk.url.startswith("postgresql"):
        happened = happened[: 15 * AT_ONCE]  # the morning: a day twice would be long
    pages = tmp_path / "pages"
    pages.mkdir()
    for number, begin in enumerate(range(0, len(happened), AT_ONCE)):
        (pages / str(number)).write_bytes(pickle.dumps(happened[begin : begin + AT_ONCE]))
    dice, durable = Random(1), 0
    for kill in range(KILLS):
        with Server(disk, pages) as server:
            word, found = server.tells()
            assert (word, found >= durable) == ("found", True), "what was durable is there"
            if kill == 1:
                durable = through(outage, server)
            for _ in range(len(happened) // AT_ONCE // 6):
                word, durable = server.tells()
                assert word in ("durable", "away")
            time.sleep(dice.random() * PAUSE_S)
            durable = max(durable, server.kill())
            assert durable < len(happened), "killed in the middle"
    with Server(disk, pages) as server:
        assert server.tells()[1] >= durable
        while server.tells()[0]:
            pass
        assert server.is_through()
    assert_same(disk, undisturbed(happened))
    assert not disk.spill.exists()


def through(outage: AbstractContextManager[None], server: Server) -> int:
    """The database goes away under the server, which says so and goes on."""
    away = 0
    with outage:
        while away < 3:
            word, durable = server.tells()
            away += word == "away"
    return durable


def undisturbed(happened: Sequence[Event]) -> Iterator[Entry]:
    """What a server writes to which nothing happens."""
    numbers = Numbers(0, {})
    for event in happened:
        yield entry_of(event, *numbers.take(call_of(event)))


def assert_same(disk: Disk, expected: Iterator[Entry]) -> None:
    reader, after = JournalReader.open(disk.url), 0
    try:
        while entries := reader.entries_after(after, 10_000):
            for entry in entries:
                assert entry == next(expected)
            after = entries[-1].id
    finally:
        reader.close()
    assert next(expected, None) is None
