"""What commands say of days whose events are deleted: so, and not that there were no calls."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.journal.pruning import EventPruner
from ivr.model import events
from ivr.model.retention import Kept
from tests.unit.journal.calls import Tables, abandoned, answered
from tests.unit.journal.conftest import Disk
from tests.unit.journal.conftest import disk as disk
from tests.unit.journal.conftest import postgresql_disk as postgresql_disk
from tests.unit.journal.conftest import sqlite_disk as sqlite_disk

DIALPLANS = str(Path(__file__).parents[3] / "dialplans")
T = 1_760_000_000.0
"""2025-10-09 08:53:20 UTC."""
DAY_S = 86400.0
MIDNIGHT = 1_760_054_400.0
"""2025-10-10 00:00 UTC, where the house is."""


@pytest.fixture
def url(disk: Disk) -> str:
    """Ten calls on the 8th, three on the 9th, one on the 10th; those of before are deleted."""
    tables = Tables(disk.url)
    for number in range(10):
        tables.write(answered(f"a{number}", T - DAY_S + 200 * number, ""))
    for number in range(3):
        tables.write(abandoned(f"b{number}", T + 200 * number))
    tables.write(abandoned("c", T + DAY_S))
    tables.write(
        [events.EventsPruned(at=T + DAY_S, before=MIDNIGHT, calls=13, events=82, by="retention")]
    )
    pruner = EventPruner(tables.engine, lambda: "UTC", lambda: 1e10)

    async def prune() -> None:
        await pruner.due(MIDNIGHT, Kept(frozenset()))
        assert (await pruner.prune(MIDNIGHT, Kept(frozenset({"b0"})))).calls == 12

    asyncio.run(prune())
    tables.close()
    return disk.url


def report(url: str, *words: str) -> Result:
    return CliRunner().invoke(main, ["report", *words, "--journal", url, "--dialplans", DIALPLANS])


WEEK = ("--from", "2025-10-06", "--to", "2025-10-11")


def test_a_report_counts_only_what_is_there_and_tells_of_the_rest(url: str) -> None:
    told = json.loads(report(url, "queues", *WEEK, "--by", "day", "--format", "json").stdout)
    assert told["begin"] == "2025-10-10 00:00"
    assert "were deleted" in told["notes"][0]
    assert "12 calls of this time" in told["notes"][0]
    queues, deleted = told["tables"]
    assert {row["begin"][:10] for row in queues["rows"]} == {"2025-10-10"}
    assert deleted["rows"] == [
        {"day": "2025-10-08", "calls": 10, "answered": 0, "abandoned": 0, "events": 70},
        {"day": "2025-10-09", "calls": 2, "answered": 0, "abandoned": 2, "events": 8},
    ]


def test_of_a_time_that_is_gone_altogether_there_are_no_figures(url: str) -> None:
    shown = report(url, "queues", "--from", "2025-10-08", "--to", "2025-10-09").stdout
    assert "nothing is left of it" in shown
    assert "Deleted days" in shown
    assert "service level" not in shown


def test_a_file_without_figures_is_refused(url: str) -> None:
    result = report(url, "queues", "--from", "2025-10-08", "--to", "2025-10-09", "--format", "csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing is left of it" in result.stderr


def test_there_is_no_comparison_with_what_is_gone(url: str) -> None:
    day = ("--from", "2025-10-10", "--to", "2025-10-11")
    result = report(url, "queues", *day, "--compare", "--format", "csv")
    assert "entered_before" not in next(csv.reader(io.StringIO(result.stdout)))
    assert "Nothing to compare with" in result.stderr
    told = json.loads(report(url, "queues", *day, "--compare", "--format", "json").stdout)
    assert "Nothing to compare with" in told["notes"][0]


def test_queue_log_says_what_it_cannot_hold(url: str) -> None:
    words = ["queue-log", *WEEK, "--journal", url, "--dialplans", DIALPLANS]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "were deleted" in result.stderr


def test_tables_are_made_anew_by_a_command(url: str) -> None:
    tables = Tables(url)
    before = tables.rows("calls", "legs", "position")
    result = CliRunner().invoke(main, ["journal", "rebuild", "--journal", url])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 calls made anew in ")
    assert tables.rows("calls", "legs", "position") == before
    tables.close()


def test_no_journal_is_begun_by_a_rebuild(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["journal", "rebuild", "--state-dir", str(tmp_path)])
    assert (result.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "no journal" in result.stderr
