"""`ivr graph`: the picture goes where it is asked for; numbers come from the journal."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main

DIALPLANS = Path(__file__).parents[3] / "dialplans"


def graph(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["graph", *arguments, "--dialplans", str(DIALPLANS)])


def test_a_picture_is_written_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "company.svg"
    result = graph("company", "--output", str(file))
    assert (result.exit_code, result.output) == (0, "")
    assert file.read_text().startswith("<svg xmlns")


def test_mermaid_goes_to_standard_output() -> None:
    assert graph("--format", "mermaid").output.startswith("flowchart TD\n")


def test_a_flow_nobody_has_is_answered_by_the_likely_one() -> None:
    result = graph("compny")
    assert result.exit_code == 1
    assert "there is no flow 'compny' (did you mean 'company'?)" in result.output


@pytest.mark.parametrize("since", ["soon", "d", "-3d", "7 days"])
def test_a_time_past_that_is_none_is_refused(since: str) -> None:
    result = graph("--since", since)
    assert result.exit_code == 1
    assert "write for example 7d or 12h" in result.output


def test_numbers_without_a_journal_are_refused_with_the_reason(tmp_path: Path) -> None:
    result = graph("--since", "7d", "--state-dir", str(tmp_path))
    assert result.exit_code == 1
    assert "no journal at" in result.output
