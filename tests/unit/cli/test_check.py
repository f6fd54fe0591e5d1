"""`ivr check`: what a person, an editor and a shell script see."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import dialplans, main
from ivr.cli.dialplans import load_dialplans, sound_exists
from ivr.document import DocumentError
from ivr.provision import sounds

SITE = """\
numbers: {"600": company}
skills: {}
teams: {care: Care}
agents: {ana: {name: Ana, extension: 1001, team: care}}
queues: {}
emergency: {say: Please hold., ring: [1001]}
"""
FLOW = """\
flow: company
start: bye
nodes:
  bye: {type: hangup, prompt: Goodbye.}
"""


TESTS = """\
flow: company
tests:
  - name: A call
    expect: {path: [bye]}
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    (tmp_path / "company.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "company.test.yaml").write_text(TESTS, encoding="utf-8")
    return tmp_path


def check(directory: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["check", *options, str(directory)])


def test_a_good_directory_gets_one_line(directory: Path) -> None:
    result = check(directory)
    version = load_dialplans(directory).version
    said = f"1 flow, 1 node, no problems; version {version}\n"
    assert (result.exit_code, result.output) == (0, said)


def test_the_directory_may_be_named_as_in_other_commands(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = check(directory).output
    runner = CliRunner()
    assert runner.invoke(main, ["check", "--dialplans", str(directory)]).output == said
    both = runner.invoke(main, ["check", "--dialplans", str(directory), str(directory)])
    assert both.exit_code == 2
    assert "not both" in both.output
    monkeypatch.setenv("IVR_DIALPLANS", str(directory / "other"))
    assert check(directory).exit_code == 0


def test_every_problem_of_every_file_is_shown(directory: Path) -> None:
    (directory / "site.yaml").write_text(SITE.replace("team: care", "team: car"))
    (directory / "company.yaml").write_text(FLOW.replace("start: bye", "start: by"))
    result = check(directory)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{directory}/company.yaml:2:8: there is no node 'by' (did you mean 'bye'?)",
        f"{directory}/site.yaml:4:50: team 'car' is not declared under teams"
        " (did you mean 'care'?)",
        "",
        "2 problems",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("tests:", "test:", "2:1: unknown key 'test' (did you mean 'tests'?)"),
        ("flow: company", "flow: compny", "1:7: no flow 'compny' (did you mean 'company'?)"),
        ("[bye]", "[by]", "4:21: flow 'company' has no node 'by' (did you mean 'bye'?)"),
        (
            "expect:",
            "given: {queues: {sales: timeout}}\n    expect:",
            "4:22: the site has no 'sales'",
        ),
        ("[bye]}", "[bye]", "5:1: not readable as YAML"),
    ],
)
def test_what_is_wrong_in_a_test_file_is_told_too(
    directory: Path, old: str, new: str, expected: str
) -> None:
    (directory / "company.test.yaml").write_text(TESTS.replace(old, new))
    result = check(directory)
    assert result.exit_code == 1
    assert f"{directory}/company.test.yaml:{expected}" in result.output


def test_a_test_file_is_not_blamed_for_what_is_wrong_elsewhere(directory: Path) -> None:
    (directory / "site.yaml").write_text("numbers: {")
    (directory / "company.yaml").write_text(FLOW.replace("start: bye", "start: by"))
    assert "company.test.yaml" not in check(directory).output


def test_a_broken_test_file_keeps_no_flow_from_running(directory: Path) -> None:
    (directory / "company.test.yaml").write_text("tests: [", encoding="utf-8")
    assert list(load_dialplans(directory).flows) == ["company"]


def test_editors_get_json(directory: Path) -> None:
    assert json.loads(check(directory, "--format", "json").output) == []
    (directory / "company.yaml").write_text(FLOW.replace("start: bye", "start: by"))
    result = check(directory, "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.output) == [
        {
            "file": f"{directory}/company.yaml",
            "line": 2,
            "column": 8,
            "message": "there is no node 'by'",
            "hint": "did you mean 'bye'?",
        }
    ]


@pytest.mark.parametrize(
    ("old", "new", "is_told"),
    [
        ("name: Ana", "nam: Ana", True),
        ("extension: 1001", "extension: one", True),
        ("queues: {}", "queues: [sales]", False),
        ("queues: {}", "queues: {Sales: {title: Sales}}", False),
    ],
)
def test_a_flow_is_held_against_what_can_be_read_of_a_wrong_site(
    directory: Path, old: str, new: str, is_told: bool
) -> None:
    text = FLOW.replace("start: bye", "start: line")
    text += "  line: {type: queue, queue: sale, next: bye, otherwise: bye}\n"
    (directory / "company.yaml").write_text(text)
    (directory / "site.yaml").write_text(SITE.replace(old, new))
    said = check(directory).output
    assert f"{directory}/site.yaml:" in said
    assert (f"{directory}/company.yaml:5:30: there is no queue 'sale'" in said) == is_told


def _too_large(file: Path) -> None:
    file.write_bytes(b"#" * (dialplans.FILE_BYTES_MAX + 1))


def _directory(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.mkdir()


def _missing(file: Path) -> None:
    file.unlink()


def _dangling(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.symlink_to("nowhere")


def _pipe(file: Path) -> None:
    file.unlink(missing_ok=True)
    os.mkfifo(file)


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("other.yaml", _too_large, "larger than 4000000 bytes"),
        ("other.yaml", _directory, "this is a directory, not a file"),
        ("other.yaml", _dangling, "this link leads to no file"),
        ("other.yaml", _pipe, "this is no file"),
        ("other.test.yaml", _directory, "this is a directory, not a file"),
        ("other.test.yaml", _too_large, "larger than 4000000 bytes"),
        ("site.yaml", _missing, "site.yaml is missing"),
        ("site.yaml", _directory, "this is a directory, not a file"),
        ("site.yaml", _too_large, "larger than 4000000 bytes"),
    ],
)
def test_a_file_nobody_can_read_is_one_problem_beside_the_others(
    directory: Path, name: str, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(directory / name)
    (directory / "company.yaml").write_text(FLOW.replace("start: bye", "start: by"))
    result = check(directory, "--format", "json")
    assert result.exit_code == 1
    told = {(one["file"], one["line"], one["message"]) for one in json.loads(result.output)}
    assert told == {
        (f"{directory}/company.yaml", 2, "there is no node 'by'"),
        (f"{directory}/{name}", 1, message),
    }
    assert f"{directory}/{name}:1:1: {message}" in check(directory).output
    if name == "other.yaml":
        with pytest.raises(DocumentError):
            load_dialplans(directory)


def test_a_file_whose_name_keeps_it_from_being_read_is_told(directory: Path) -> None:
    (directory / "company.test.yaml").rename(directory / "company.test.yml")
    [problem, *_] = check(directory).output.splitlines()
    said = "this file is not read: its name ends in .yml (name it .yaml)"
    assert problem == f"{directory}/company.test.yml:1:1: {said}"
    assert list(load_dialplans(directory).flows) == ["company"]


def test_a_flow_in_a_file_nobody_can_read_is_known_all_the_same(directory: Path) -> None:
    (directory / "other.yaml").mkdir()
    (directory / "company.yaml").write_text(
        FLOW.replace("hangup, prompt: Goodbye.", "goto, flow: other")
    )
    (directory / "company.test.yaml").unlink()
    [problem, *_] = check(directory).output.splitlines()
    assert problem.startswith(f"{directory}/other.yaml:1:1: this is a directory")


def test_a_file_that_is_no_text_is_told_in_place(directory: Path) -> None:
    (directory / "company.yaml").write_bytes(FLOW.encode() + b"# caf\xe9\n")
    (problem, *_) = check(directory).output.splitlines()
    assert problem == f"{directory}/company.yaml:5:6: not UTF-8 text (save it as UTF-8)"


def test_loading_raises_with_all_problems(directory: Path) -> None:
    assert list(load_dialplans(directory).flows) == ["company"]
    (directory / "company.yaml").write_text("flow: [")
    with pytest.raises(DocumentError):
        load_dialplans(directory)
    with pytest.raises(DocumentError, match=r"site\.yaml is missing"):
        load_dialplans(directory / "nowhere")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ding", True),
        ("jingles/long", True),
        ("dong", False),
        ("asterisk/beep", True),
        ("asterisk", False),
        ("../secret", False),
        ("/etc/ding", False),
        ("", False),
    ],
)
def test_a_sound_is_looked_for_in_its_directory_only(
    tmp_path: Path, name: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialplans, "sound_packages", tuple)
    here = tmp_path / "sounds"
    (here / "jingles").mkdir(parents=True)
    for file in (here / "ding.wav", here / "jingles/long.ulaw", tmp_path / "secret.wav"):
        file.touch()
    assert sound_exists(here, name) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("beep", True), ("digits/1", True), ("vm-goodbye", False), ("digits", False)],
)
def test_asterisks_own_sounds_are_looked_for_where_there_is_one(
    tmp_path: Path, name: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "asterisk-22-abc" / "usr/share/asterisk/sounds" / "en_US_f_Allison"
    (package / "digits").mkdir(parents=True)
    for file in ("beep.gsm", "digits/1.gsm"):
        (package / file).touch()
    monkeypatch.setattr(sounds, "find_program", lambda _name: None)
    monkeypatch.setattr(sounds, "cache_dir", lambda: tmp_path)
    assert sound_exists(tmp_path, f"asterisk/{name}") is expected


def test_without_an_asterisk_its_sounds_are_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounds, "find_program", lambda _name: None)
    monkeypatch.setattr(sounds, "cache_dir", lambda: tmp_path)
    assert sound_exists(tmp_path, "asterisk/anything")
