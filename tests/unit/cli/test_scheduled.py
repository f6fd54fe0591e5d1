"""A scheduled report made by a process of its own from a real journal, put away and sent."""

import asyncio
import errno
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.cli.dialplans import load_dialplans
from ivr.model import events
from ivr.model.errors import JournalAwayError
from ivr.service.clock import SystemClock
from ivr.service.scheduled import FailedError, ScheduledReports
from ivr.settings import Settings
from ivr.testing.clock import VirtualClock
from ivr.wiring import reports
from ivr.wiring.reports import delivery_of
from tests.unit.journal.calls import Tables, abandoned, answered
from tests.unit.journal.conftest import Disk
from tests.unit.journal.conftest import disk as disk
from tests.unit.journal.conftest import postgresql_disk as postgresql_disk
from tests.unit.journal.conftest import sqlite_disk as sqlite_disk
from tests.unit.mail.post_office import PostOffice, open_office

SHIPPED = Path(__file__).parents[3] / "dialplans"
DAY_S = 86400.0
T = 1_760_000_000.0
"""2025-10-09 08:53:20 UTC."""
DUE = 1_760_076_300.0
"""The next morning, five past six."""
REPORTS = """
reports:
  morning:
    report: queues
    queues: [billing]
    schedule: "5 6 * * *"
    format: FORMAT
    directory: reports
    email: [ops@example.com]
smtp: {host: 127.0.0.1, port: PORT, sender: ivr@example.com, security: none}
"""


class House:
    """A journal with two calls of yesterday, and a site with one report."""

    def __init__(self, disk: Disk, directory: Path) -> None:
        self.disk = disk
        self.settings = Settings(directory / "state", directory / "site", journal=disk.url)
        shutil.copytree(SHIPPED, self.settings.dialplans)

    def say(self, port: int, form: str = "json") -> None:
        file = self.settings.site_file
        said = REPORTS.replace("PORT", str(port)).replace("FORMAT", form)
        file.write_text((SHIPPED / "site.yaml").read_text("utf-8") + said, "utf-8")

    def write(self, *history: events.Event) -> None:
        tables = Tables(self.disk.url)
        tables.write(history)
        tables.close()

    def report(self, *words: str) -> Result:
        settings = self.settings
        where = ["--state-dir", str(settings.state_dir), "--dialplans", str(settings.dialplans)]
        return CliRunner().invoke(main, ["report", *words, *where, "--journal", self.disk.url])


@pytest.fixture
def house(disk: Disk, tmp_path: Path) -> House:
    return House(disk, tmp_path)


def moved(call: str, history: list[events.Event]) -> list[events.Event]:
    """To the queue that the shipped site has."""
    for event in history:
        if hasattr(event, "queue"):
            object.__setattr__(event, "queue", "billing")
    return history


async def test_a_server_makes_it_from_the_journal_and_writes_down_that_it_did(
    house: House, disk: Disk
) -> None:
    """It dies, and one that comes after knows that it is done."""
    house.write(*moved("c1", answered("c1", T)), *moved("c2", abandoned("c2", T + 60)))
    office, clock = PostOffice(), VirtualClock(DUE - 60)
    async with open_office(office) as port:
        house.say(port)
        for _ in range(2):
            await serve(house, disk, clock, lambda: DUE + 1)
    (letter,) = office.letters
    assert "Report queues, 2025-10-09 00:00 to 2025-10-10 00:00 (UTC)." in str(letter.get_body())
    (attached,) = letter.iter_attachments()
    told = json.loads(attached.get_content())
    (row,) = told["tables"][0]["rows"]
    assert (row["queue"], row["entered"], row["answered"], row["abandoned"]) == ("billing", 2, 1, 1)
    (file,) = (house.settings.state_dir / "reports").iterdir()
    assert file.name == "morning-2025-10-10-0605.json"
    assert json.loads(file.read_text("utf-8")) == told
    kinds = [kind for _, _, _, kind, _ in disk.rows() if kind.startswith("report.")]
    assert kinds == ["report.scheduled", "report.started", "report.sent"]


async def serve(house: House, disk: Disk, clock: VirtualClock, until: Callable[[], float]) -> None:
    """One life of a server."""
    dialplans = load_dialplans(house.settings.dialplans)
    journal = disk.journal()
    await journal.start()
    delivery = delivery_of(house.settings, lambda: dialplans.site, lambda: dialplans.flows, clock)
    scheduled = ScheduledReports(lambda: dialplans.site, delivery, journal.flush, journal, clock)
    scheduled.learn(await journal.reports())
    await scheduled.turn()
    clock.advance(max(0.0, until() - clock.now()))
    await scheduled.turn()
    await journal.close()


async def test_a_journal_that_is_away_is_no_reason_to_give_up(house: House, disk: Disk) -> None:
    house.write(*answered("c1", T))
    house.say(1)
    dialplans = load_dialplans(house.settings.dialplans)
    delivery = delivery_of(
        house.settings, lambda: dialplans.site, lambda: dialplans.flows, SystemClock()
    )

    async def never() -> None:
        raise AssertionError("it is not made yet")

    with disk.outage(), pytest.raises(FailedError) as failed:
        await delivery.deliver("morning", DUE, never)
    assert failed.value.temporary
    assert isinstance(failed.value.__cause__, JournalAwayError)


@pytest.mark.parametrize("short", ["of files", "of memory"])
async def test_a_machine_that_is_short_of_something_is_no_reason_to_give_up(
    sqlite_disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, short: str
) -> None:
    """No process can be started; one ends in the middle of what it says."""
    house = House(sqlite_disk, tmp_path)
    house.say(1)
    if short == "of files":

        async def refused(*_words: str, **_pipes: int) -> None:
            raise OSError(errno.EMFILE, "Too many open files")

        monkeypatch.setattr(asyncio, "create_subprocess_exec", refused)
    else:
        half = 'import sys; sys.stdin.read(0); print(\'{"subject": "mor\')'
        monkeypatch.setattr(reports, "CHILD", (sys.executable, "-c", half))
    dialplans = load_dialplans(house.settings.dialplans)
    delivery = delivery_of(
        house.settings, lambda: dialplans.site, lambda: dialplans.flows, SystemClock()
    )

    async def begin() -> None:
        raise AssertionError("nothing was made")

    with pytest.raises(FailedError, match=r"made by halves|Too many open files") as told:
        await delivery.deliver("morning", DUE, begin)
    assert told.value.temporary


async def test_one_is_made_now_when_somebody_wants_it(sqlite_disk: Disk, tmp_path: Path) -> None:
    house, office = House(sqlite_disk, tmp_path), PostOffice()
    house.write(*answered("c1", T))
    async with open_office(office) as port:
        house.say(port, "html")
        result = await asyncio.to_thread(house.report, "--scheduled", "morning")
        assert result.exit_code == 0, result.output
        (file,) = (house.settings.state_dir / "reports").iterdir()
        assert result.stdout == f"report morning: written to {file}, sent to 1\n"
        assert "<h1>Report: queues</h1>" in file.read_text("utf-8")
        office.answers = ["554 spam"]
        refused = await asyncio.to_thread(house.report, "--scheduled", "morning")
        assert (refused.exit_code, "spam" in refused.stderr) == (1, True)
    assert len(office.letters) == 1


def test_what_makes_no_sense_is_told(sqlite_disk: Disk, tmp_path: Path) -> None:
    house = House(sqlite_disk, tmp_path)
    house.say(1)
    assert house.report().exit_code == 2
    assert house.report("queues", "--scheduled", "morning").exit_code == 2
    unknown = house.report("--scheduled", "evening")
    assert (unknown.exit_code, "it has: morning" in unknown.stderr) == (1, True)
