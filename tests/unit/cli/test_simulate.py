"""`ivr simulate`: the commands of its page, and what is refused."""

import asyncio
import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.cli.simulate import command
from ivr.journal import Journal
from ivr.model import events
from ivr.model.agents import QueueOutcome
from ivr.simulate import theory

PAGE = Path("docs/howto/simulate.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\.venv/bin/ivr (simulate run .*)$", PAGE, re.MULTILINE)
SCENARIO = "docs/examples/simulate/busy-morning.yaml"


def _ivr(*words: str) -> Result:
    return CliRunner().invoke(main, ["simulate", *words])


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_runs(line: str, tmp_path: Path) -> None:
    words = [word.replace("/tmp/", f"{tmp_path}/") for word in shlex.split(line)]
    result = CliRunner().invoke(main, [*words, "--replications", "2"])
    assert result.exit_code == 0, result.output
    assert "french" in result.stdout


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, other = (
        _ivr("run", SCENARIO, "--replications", "2", "--format", "json").stdout for _ in range(2)
    )
    assert one == other
    assert json.loads(one)["policies"][0]["replications"] == 2


def test_another_seed_gives_another_day() -> None:
    one, other = (
        _ivr("run", SCENARIO, "--replications", "1", "--seed", seed).stdout for seed in ("1", "2")
    )
    assert one != other


def test_the_page_of_plots_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = _ivr("run", SCENARIO, "--replications", "1", "--html", str(page))
    assert result.exit_code == 0
    assert page.read_text(encoding="utf-8").count("<svg") == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "nowhere.yaml"], "nowhere.yaml cannot be read: No such file"),
        (["run", SCENARIO, "--set", "queues.english"], "has no `=`; write KEY=VALUE"),
        (
            ["run", SCENARIO, *["--set", "queues.english.wrap_up_s=1"] * 2],
            "--set queues.english.wrap_up_s is given twice",
        ),
        (["run", SCENARIO, "--set", "queues.english.titel=x"], "unknown key 'titel'"),
        (["run", SCENARIO, "--compare", "dialplans/site.yaml"], "the site has no queue 'english'"),
        (
            ["run", SCENARIO, "--html", "/nowhere/x.html", "--replications", "1"],
            "cannot be written",
        ),
    ],
)
def test_what_is_wrong_is_said(words: list[str], message: str) -> None:
    result = _ivr(*words)
    assert result.exit_code == 1
    assert message in result.output


def test_a_journal_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = _ivr(
        "profile", "--since", "2026-11-23", "--until", "2026-11-24", "--state-dir", str(tmp_path)
    )
    assert result.exit_code == 1
    assert "no journal at" in result.output


T = 1_700_000_000.0
"""14 November 2023, 22:13:20 UTC."""


async def _write(url: str) -> None:
    journal = Journal(url)
    await journal.start()
    for number in range(10):
        at, call = T + number * 60, f"call{number}"
        journal.record(
            events.QueueEntered(
                at=at, call=call, queue="sales", skills="", priority=0, entered_at=at
            )
        )
        journal.record(
            events.QueueLeft(
                at=at + 9, call=call, queue="sales", outcome=QueueOutcome.ANSWERED, wait_s=9
            )
        )
    await journal.close()


def test_a_scenario_out_of_the_journal_can_be_run(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/journal.db"
    asyncio.run(_write(url))
    period = ["--since", "2023-11-14 22:00", "--until", "2023-11-14 23:00"]
    result = _ivr(
        "profile", *period, "--journal", url, "--site", str(Path("dialplans/site.yaml").absolute())
    )
    assert result.exit_code == 0, result.output
    scenario = tmp_path / "yesterday.yaml"
    scenario.write_text(result.stdout, encoding="utf-8")
    assert "- 10\n" in result.stdout
    assert _ivr("run", str(scenario), "--replications", "1").exit_code == 0


def test_a_period_without_calls_makes_no_scenario(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/journal.db"
    asyncio.run(_write(url))
    result = _ivr("profile", "--since", "2020-01-01", "--until", "2020-01-02", "--journal", url)
    assert result.exit_code == 1
    assert "no call entered a queue in that time" in result.output


def test_theory_prints_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.cli.simulate.THEORY_HOURS", 2)
    monkeypatch.setattr("ivr.cli.simulate.THEORY_HOURS_TWO_SKILLS", 2)
    monkeypatch.setattr("ivr.cli.simulate.THEORY_REPLICATIONS", 2)
    few = dict(list(theory.LOADS.items())[:1])
    monkeypatch.setattr(theory, "one_skill", lambda hours, count: ONE_SKILL(hours, count, few))
    result = _ivr("theory")
    assert result.stdout.startswith("| case | figure | theory | simulated (99 %) | within |")
    assert "two skills" in result.stdout


ONE_SKILL = theory.one_skill


def test_every_command_has_help() -> None:
    assert sorted(command.commands) == ["profile", "run", "theory"]
    for name in command.commands:
        assert _ivr(name, "--help").exit_code == 0
