"""`ivr call`, from a pipe: what is sensitive is hidden, closures can be in force."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main

SITE = """\
numbers: {"600": bank}
skills: {}
teams: {care: Care}
agents: {ana: {name: Ana, extension: 1001, team: care}}
queues: {}
calendars:
  office:
    timezone: UTC
    open: [{days: [mon, tue, wed, thu, fri, sat, sun], open: "0:00", close: "24:00"}]
http: {core: {url: "https://core.example.com"}}
emergency: {say: Please hold., ring: [1001]}
"""
FLOW = """\
flow: bank
start: hours
variables: {pin: {type: digits}}
nodes:
  hours: {type: hours, calendar: office, open: pin, closed: shut}
  pin:
    type: collect
    sensitive: true
    prompt: Your PIN, please.
    confirm: [You typed, {digits: pin}, If that is right press 1.]
    into: pin
    max: 4
    next: login
    no_input: bye
    no_match: bye
  login: {type: http, target: core, method: POST, body: {pin: pin}, next: bye, error: bye}
  bye: {type: hangup, prompt: Goodbye.}
  shut: {type: hangup, prompt: We are closed.}
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    (tmp_path / "bank.yaml").write_text(FLOW, encoding="utf-8")
    return tmp_path


def call(directory: Path, typed: str, *options: str) -> Result:
    words = ["call", "--dialplans", str(directory), *options]
    return CliRunner().invoke(main, words, input=typed)


@pytest.mark.parametrize("shape", ["text", "json"])
def test_a_typed_pin_is_shown_nowhere(directory: Path, shape: str) -> None:
    result = call(directory, "48x6\n4826\n1\n200\nvars\ntrace\n", "--format", shape)
    assert result.exit_code == 0, result.output
    everything = result.output + result.stderr
    assert "4826" not in everything
    assert "48x6" not in everything
    for digit in ("four", "eight", "two", "six"):
        assert digit not in everything
    assert 'POST core / {"pin": "****"}' in everything
    assert "[pin]" in everything


def test_keys_are_seen_as_so_many_and_words_as_they_are(directory: Path) -> None:
    lines = call(directory, "vars\n4826\n1\n").output.splitlines()
    assert [line for line in lines if line.startswith("> ")] == ["> vars", "> ****", "> *"]
    assert "🔊 You typed * * * * If that is right press 1." in "\n".join(lines).replace("[en] ", "")


def test_the_variable_and_the_trace_hide_it_too(directory: Path) -> None:
    document = json.loads(call(directory, "4826\n1\n200\n", "--format", "json").stdout)
    assert document["variables"]["pin"] == "****"
    inputs = [one["keys"] for step in document["steps"] for one in step["inputs"]]
    assert inputs[0] == "****"


@pytest.mark.parametrize("closure", ["office", "house"])
def test_a_closure_is_in_force(directory: Path, closure: str) -> None:
    assert "We are closed." in call(directory, "", "--closed", closure).output
    assert "We are closed." not in call(directory, "").output


def test_only_what_there_is_can_be_closed(directory: Path) -> None:
    result = call(directory, "", "--closed", "offic")
    assert (result.exit_code, "did you mean 'office'?" in result.output) == (1, True)


def test_a_time_that_is_none_is_refused_with_an_example(directory: Path) -> None:
    result = call(directory, "", "--at", "yesterday")
    assert result.exit_code == 2
    assert "'yesterday' is no time; write '2026-12-25 10:00' or 18:30" in result.output


@pytest.mark.parametrize(
    ("at", "refused"),
    [
        ("9999-12-31 23:59", True),
        ("0001-01-01 00:00", True),
        ("1900-05-05 10:00", True),
        ("2100-01-01 00:00", True),
        ("1970-01-01 00:00", False),
        ("2099-12-31 23:59", False),
        ("23:59", False),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_call_is_made_at_any_time_there_is_a_calendar_for(
    directory: Path, at: str, refused: bool, zone: str
) -> None:
    site = SITE.replace("timezone: UTC", f"timezone: {zone}\n    holidays: DE-BE")
    (directory / "site.yaml").write_text(site, encoding="utf-8")
    result = call(directory, "", "--at", at)  # who hangs up at once
    assert result.exit_code in ((2,) if refused else (0, 3)), result.output
    assert ("calls come in from 1970 to 2099" in result.output) == refused


def test_a_node_that_fails_is_shown_with_its_place(directory: Path) -> None:
    text = FLOW.replace("start: hours", "start: sum").replace(
        "s: {pin:", "s: {n: {type: number}, pin:"
    )
    text += "  sum: {type: set, values: {n: 999999999999999 + 1}, next: hours}\n"
    (directory / "bank.yaml").write_text(text, encoding="utf-8")
    said = "FAILED: variable 'n' would hold a number of more than 15 digits"
    assert f"{said} ({directory}/bank.yaml:19)" in call(directory, "").output
