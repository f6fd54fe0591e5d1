"""`ivr report` on a journal written by the journal, with the site and flows shipped."""

import asyncio
import csv
import io
import json
from collections.abc import Iterable
from itertools import cycle
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.cli.report import REPORTS
from ivr.journal import Journal
from ivr.model import events
from ivr.model.agents import AgentState as S
from ivr.model.agents import QueueOutcome as Q
from tests.unit.kpi.stories import ended, entered, left, moved, started, talk_began, talk_ended

DIALPLANS = str(Path(__file__).parents[3] / "dialplans")
T = 1_760_000_000.0
"""2025-10-09 08:53:20 UTC."""
FORMS = ("table", "csv", "json", "html")
DAY = ("--from", "2025-10-09", "--to", "2025-10-10")
HISTORY = (
    started(T, caller="+15550100"),
    entered(T + 10),
    left(T + 15, 5, Q.ANSWERED),
    moved(T + 15, S.AVAILABLE, S.ON_CALL, 60, "a"),
    talk_began(T + 15),
    moved(T + 75, S.ON_CALL, S.WRAP_UP, 60, "a"),
    talk_ended(T + 75, 60),
    ended(T + 75),
    moved(T + 85, S.WRAP_UP, S.LOGGED_OUT, 10, "a"),
)


def report(state: Path, *words: str) -> Result:
    return CliRunner().invoke(
        main, ["report", *words, "--state-dir", str(state), "--dialplans", DIALPLANS]
    )


def write(state: Path, history: Iterable[events.Event]) -> None:
    async def work() -> None:
        journal = Journal(f"sqlite:///{state / 'journal.db'}")
        await journal.start()
        for event in history:
            journal.record(event)
        await journal.close()

    asyncio.run(work())


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("state")
    write(directory, HISTORY)
    return directory


def test_a_table_tells_the_period_the_figures_and_their_formulas(state: Path) -> None:
    result = report(state, "queues", *DAY)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("2025-10-09 00:00 to 2025-10-10 00:00 (")
    billing = next(line for line in lines if line.startswith("billing")).split()
    assert billing[:2] == ["billing", "1"]
    assert "100.0 %" in " ".join(billing)
    assert any("–" in line for line in lines if line.startswith("sales"))
    assert "service level* = offered_minus_short: A_T / (A + B - S)" in result.stdout


def test_half_hours_for_workforce_tools(state: Path) -> None:
    result = report(state, "intervals", *DAY, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout, newline="")))
    found = [row for row in rows if row["queue"] == "billing" and row["entered"] != "0"]
    assert len(rows) % 48 == 0
    assert len(found) == 1
    assert found[0]["begin"][-5:] in ("08:30", "10:30")
    assert (found[0]["answered"], found[0]["aht_s"], found[0]["asa_s"]) == ("1", "70.0", "5.0")


@pytest.mark.parametrize(
    ("name", "form"), list(zip(sorted(set(REPORTS) - {"all"}), cycle(FORMS), strict=False))
)
def test_each_report_by_day_and_compared(state: Path, name: str, form: str) -> None:
    result = report(state, name, *DAY, "--by", "day", "--compare", "--format", form)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()


def test_everything_on_one_page(state: Path) -> None:
    result = report(state, "all", *DAY, "--format", "html")
    assert result.stdout.count("<table>") >= 5
    assert "<h2>Calls by half hour</h2>" in result.stdout


def test_json_names_the_formula_of_each_column(state: Path) -> None:
    told = json.loads(report(state, "queues", *DAY, "--format", "json").stdout)
    formulas = {one.get("formula") for one in told["tables"][0]["columns"]}
    assert {"offered_minus_short", "answered", "all_in_time", "asa", "aht"} <= formulas


def test_another_formula_of_the_service_level(state: Path) -> None:
    result = report(state, "queues", *DAY, "--service-level", "answered")
    assert "service level* = answered: A_T / A" in result.stdout


def test_a_period_that_begins_before_the_record_says_so(state: Path) -> None:
    result = report(state, "queues", "--from", "2025-01-01", "--to", "2025-10-10")
    assert "The journal begins at 2025-10-09" in result.stdout


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["queues", "--from", "monday"], "--from 'monday' is no time; write 2026-11-27"),
        (["queues", "--last", "1y"], "--last '1y' is no length"),
        (["all", "--format", "csv"], "CSV holds one table"),
        (["queues", "--by", "year"], "'year' is not one of"),
        (["queue"], "'queue' is not one of"),
    ],
)
def test_what_cannot_be_told_is_refused(state: Path, words: list[str], complaint: str) -> None:
    result = report(state, *words)
    assert result.exit_code in (1, 2)
    assert complaint in result.output


def test_without_a_journal_it_says_where_one_is_looked_for(tmp_path: Path) -> None:
    assert "no journal at" in report(tmp_path, "queues").output
