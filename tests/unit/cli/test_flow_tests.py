"""`ivr test` and `ivr call`, and the flows that ship with the product."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.cli.test import run_tests

SHIPPED = Path(__file__).parents[3] / "dialplans"


@pytest.fixture
def dialplans(tmp_path: Path) -> Path:
    """A copy of the shipped directory, to break."""
    shutil.copytree(SHIPPED, tmp_path / "dialplans")
    return tmp_path / "dialplans"


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))


def ivr(*arguments: str | Path, typed: str = "") -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], input=typed)


def test_the_shipped_flows_pass_their_tests_and_every_node_and_exit_is_reached() -> None:
    report = run_tests(SHIPPED, 100)
    assert [one for one in report.results if one.problems] == []
    assert [(one.flow, one.nodes_missed, one.exits_missed) for one in report.coverage] == [
        ("company", (), ())
    ]
    assert report.passed


def test_passing_tests_exit_with_zero(dialplans: Path) -> None:
    result = ivr("test", dialplans, "--coverage-min", "100")
    assert result.exit_code == 0, result.output
    assert "0 failed" in result.output


def test_a_failing_test_exits_with_one_and_says_where(dialplans: Path) -> None:
    change(dialplans / "company.yaml", "queue: sales", "queue: support")
    result = ivr("test", dialplans)
    assert result.exit_code == 1
    assert "company.test.yaml:5: queue request queue: expected sales, was support" in result.output


def test_too_little_coverage_exits_with_one(dialplans: Path) -> None:
    change(dialplans / "company.test.yaml", 'dials: {"1003": no_answer}', "dials: {}")
    result = ivr("test", dialplans, "--coverage-min", "100")
    assert result.exit_code == 1
    assert "never reached: unanswered" in result.output


def test_json_and_junit_are_written(dialplans: Path, tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    result = ivr("test", dialplans, "--format", "json", "--junit", junit)
    assert json.loads(result.output)["passed"] is True
    tests = ElementTree.parse(junit).getroot()[0].get("tests")
    assert tests == str(len(json.loads(result.output)["tests"]))


def test_a_wrong_test_file_is_told_with_its_place(dialplans: Path) -> None:
    change(dialplans / "company.test.yaml", "queues: {sales: timeout}", "queues: {salse: timeout}")
    result = ivr("test", dialplans)
    assert result.exit_code == 1
    assert "did you mean 'sales'" in result.output


def test_a_directory_without_tests_says_what_to_do(dialplans: Path) -> None:
    (dialplans / "company.test.yaml").unlink()
    result = ivr("test", dialplans)
    assert result.exit_code == 1
    assert "no tests" in result.output


def test_a_call_is_played_at_the_keyboard(dialplans: Path) -> None:
    result = ivr("call", "--dialplans", dialplans, typed="1\n\n")
    assert result.exit_code == 0, result.output
    assert "queue sales" in result.output
    assert "call over: completed, in node thanks" in result.output


def test_a_call_can_be_made_at_another_time(dialplans: Path) -> None:
    change(dialplans / "site.yaml", "timezone: America/New_York", "timezone: Europe/Berlin")
    change(dialplans / "site.yaml", "    open:\n", "    holidays: DE-BE\n    open:\n")
    arguments = ("call", "company", "--dialplans", dialplans, "--at")
    assert "[holiday]" in ivr(*arguments, "2026-12-25 10:00").output
    assert "[main]" in ivr(*arguments, "2026-12-23 10:00").output


def test_a_flow_nobody_knows_is_answered_with_the_one_meant(dialplans: Path) -> None:
    result = ivr("call", "compny", "--dialplans", dialplans)
    assert result.exit_code == 1
    assert "did you mean 'company'" in result.output
