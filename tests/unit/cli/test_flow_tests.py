"""`ivr test` and `ivr call`, and the flows that ship with the product."""

import json
import re
import shlex
import shutil
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.cli.dialplans import load_dialplans
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
    said = "company.test.yaml:10:22: queue request queue: expected sales, was support"
    assert said in result.output


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


def test_what_keeps_tests_from_being_run_is_told_in_json_too(dialplans: Path) -> None:
    change(dialplans / "company.test.yaml", "queues: {sales: timeout}", "queues: {salse: timeout}")
    result = ivr("test", dialplans, "--format", "json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["passed"], told["tests"]) == (1, False, [])
    assert [one["hint"] for one in told["problems"]] == ["did you mean 'sales'?"]


def test_a_file_that_cannot_be_written_is_told(dialplans: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere" / "file"
    for command in (
        ("test", dialplans, "--junit", nowhere),
        ("graph", "company", "--dialplans", dialplans, "--output", nowhere),
    ):
        result = ivr(*command)
        said = f"Error: {nowhere} cannot be written: No such file or directory"
        assert (result.exit_code, said in result.output) == (1, True)


def test_a_site_without_numbers_asks_for_the_flow(dialplans: Path) -> None:
    site = dialplans / "site.yaml"
    site.write_text(re.sub(r"^numbers:\n(  .*\n)+", "numbers: {}\n", site.read_text(), flags=re.M))
    result = ivr("call", "--dialplans", dialplans)
    assert result.exit_code == 1
    assert "the site has no number: say which FLOW to call (known: company)" in result.output


def test_a_directory_without_tests_says_what_to_do(dialplans: Path) -> None:
    (dialplans / "company.test.yaml").unlink()
    result = ivr("test", dialplans)
    assert result.exit_code == 1
    assert "no tests" in result.output


def test_a_call_is_played_at_the_keyboard(dialplans: Path) -> None:
    result = ivr("call", "--dialplans", dialplans, typed="1\n\n")
    assert result.exit_code == 0, result.output
    assert "queue sales" in result.output
    assert "call over: completed, in node thanks, after" in result.output


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


def test_the_exit_code_tells_how_a_call_from_a_pipe_ended(dialplans: Path) -> None:
    for typed, code, said in (
        ("1\nwait 10s\n2\nhangup\n", 3, "hangup, in node sales"),
        ("1\nwait 10s\n2\n\n", 0, "completed, in node thanks"),
        ("1\n", 3, "hangup, in node sales"),
        ("1\n" + "2\n" * 300, 4, "error, in node"),
    ):
        result = ivr("call", "--dialplans", dialplans, typed=typed)
        assert (result.exit_code, f"call over: {said}" in result.stdout) == (code, True), typed
    assert ivr("call", "nowhere", "--dialplans", dialplans).exit_code == 1


def test_what_came_from_the_pipe_is_shown_after_its_question(dialplans: Path) -> None:
    lines = ivr("call", "--dialplans", dialplans, typed="1\nwait 40s\n").output.splitlines()
    assert "> 1" in lines
    assert "  how does it end? [answered or key 1 2] wait 40s" in lines


def test_json_tells_the_call_alone_on_standard_output(dialplans: Path) -> None:
    arguments = ("--dialplans", dialplans, "--caller", "+15550199", "--format", "json")
    result = ivr("call", *arguments, typed="3\n1234567\n1\n\n")
    told = json.loads(result.stdout)
    assert (told["result"], told["node"]) == ("completed", "thanks")
    assert [one["node"] for one in told["steps"]][2:5] == ["main", "account", "remember"]
    assert told["steps"][2]["inputs"] == [{"keys": "3", "result": "match"}]
    assert told["variables"]["account"] == "1234567"
    assert told["variables"]["caller"] == "+15550199"
    assert told["heard"][0] == "Welcome to Example Company."
    assert "🔊 [en] Welcome" in result.stderr


def test_what_is_sensitive_is_hidden_from_whoever_asks_for_variables_or_trace() -> None:
    bank = SHIPPED / "examples" / "bank"
    typed = "1\n2\n12345674\n112233\nvars\ntrace\nhangup\n"
    said = ivr("call", "--dialplans", bank, "--at", "2026-01-05 10:00", typed=typed).output
    assert "  customer = '12345674'" in said
    assert "  pin = '******'" in said
    assert "pin  ****** (match)  -> next" in said


def test_a_caller_may_begin_in_another_language_of_the_site() -> None:
    clinic = SHIPPED / "examples" / "clinic"
    refused = ivr("call", "--dialplans", clinic, "--language", "xx")
    assert "the site speaks no 'xx'" in refused.output
    other = sorted(load_dialplans(clinic).site.voices)[-1]
    said = ivr("call", "--dialplans", clinic, "--language", other, typed="vars\n").output
    assert f"language = '{other}'" in said


def test_without_a_flow_the_number_dialled_decides(dialplans: Path) -> None:
    assert "has no number 999" in ivr("call", "--dialled", "999", "--dialplans", dialplans).output
    assert "[welcome]" in ivr("call", "--dialled", "600", "--dialplans", dialplans).output


PAGE = Path("docs/howto/play-a-flow.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"^    \$ printf '([^']*)' \| \.venv/bin/ivr (call [^\n;]*)(; echo \$\?)?\n((?:    .*\n|\n)+)",
    PAGE,
    re.MULTILINE,
)


@pytest.mark.parametrize(("typed", "command", "echo", "shown"), EXAMPLES)
def test_the_page_shows_what_a_call_from_a_pipe_shows(
    typed: str, command: str, echo: str, shown: str
) -> None:
    result = CliRunner().invoke(main, shlex.split(command), input=typed.replace("\\n", "\n"))
    ended = f"{result.exit_code}\n" if echo else ""
    assert (result.output + ended).rstrip() == dedent(shown).rstrip()


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 3
