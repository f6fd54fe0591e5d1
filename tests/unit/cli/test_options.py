"""The options that say where an instance lives."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import COMMANDS, main
from ivr.cli.options import as_called
from ivr.settings import Settings


@pytest.mark.parametrize("port", ["0", "-1", "65536", "foo"])
@pytest.mark.parametrize("option", ["--sip-port", "--http-port", "--rtp-end"])
def test_port_that_cannot_be_is_refused_by_name(option: str, port: str) -> None:
    result = CliRunner().invoke(main, ["run", option, port])
    assert result.exit_code == 2
    assert f"Invalid value for '{option}'" in result.output


def test_settings_that_contradict_each_other_are_refused_before_anything_starts() -> None:
    result = CliRunner().invoke(main, ["run", "--rtp-start", "30000", "--ami-port", "4573"])
    assert result.exit_code == 1
    assert "port 4573 is given to --ami-port and --agi-port" in result.output
    assert "RTP ports 30000 to 22999 are too few" in result.output


def test_no_line_of_the_help_is_cut() -> None:
    result = CliRunner().invoke(main, ["--help"], terminal_width=80)
    assert not [line for line in result.output.splitlines()[1:] if line.endswith("...")]
    assert all(f"  {name} " in result.output for name in COMMANDS)


@pytest.mark.parametrize(
    ("command", "where"),
    [
        ("calls", ["--state-dir", "--journal"]),
        ("explain", ["--state-dir", "--journal", "--bind", "--http-port"]),
        ("why-not", ["--state-dir", "--journal", "--bind", "--http-port"]),
    ],
)
def test_reading_commands_take_only_what_says_where_to_read(command: str, where: list[str]) -> None:
    lines = CliRunner().invoke(main, [command, "--help"]).output.splitlines()
    options = [line.split()[0] for line in lines if line.startswith("  --")]
    assert options[-len(where) :] == where
    assert set(options) <= {"--last", "--format", *where}


@pytest.mark.parametrize(
    ("program", "settings", "shown"),
    [
        (".venv/bin/ivr", Settings(), ".venv/bin/ivr calls"),
        ("{cwd}/.venv/bin/ivr", Settings(), ".venv/bin/ivr calls"),
        ("/opt/ivr/bin/ivr", Settings(), "/opt/ivr/bin/ivr calls"),
        ("/x/ivr/__main__.py", Settings(), "python -m ivr calls"),
        ("ivr", Settings(state_dir=Path("my state")), "ivr calls --state-dir 'my state'"),
        ("ivr", Settings(journal="postgresql://u:secret@h/d"), "ivr calls --journal URL"),
    ],
)
def test_a_command_is_shown_as_it_can_be_typed_here(
    program: str, settings: Settings, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [program.format(cwd=Path.cwd())])
    assert as_called(settings, "calls") == shown
