"""The command that runs Asterisk shuts it in: one instance's state, nothing else to write."""

from pathlib import Path

import pytest

from ivr.provision.paths import Paths, paths_of
from ivr.provision.sandbox import AsteriskHome, asterisk_command
from ivr.settings import Settings


@pytest.fixture
def paths(settings: Settings) -> Paths:
    settings.dialplans.mkdir()
    return paths_of(settings)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/hosts").touch()
    (root / "bin").symlink_to("usr/bin")
    return root


def pairs(command: list[str], option: str) -> list[tuple[str, str]]:
    return [(command[i + 1], command[i + 2]) for i, word in enumerate(command) if word == option]


def test_only_the_state_directory_can_be_written(root: Path, paths: Paths) -> None:
    command = asterisk_command(AsteriskHome("22.1", root), paths, "-f")
    state = str(paths.state)
    assert pairs(command, "--bind") == [(state, state)]
    assert "--die-with-parent" in command


def test_passwords_cannot_be_read_from_inside(root: Path, paths: Paths) -> None:
    command = asterisk_command(AsteriskHome("22.1", root), paths, "-f")
    masked = command.index(str(paths.state / "secrets"))
    assert command[masked - 1] == "--tmpfs"
    assert masked > command.index("--bind")


def test_host_names_resolve_inside_and_dialplans_can_be_read(root: Path, paths: Paths) -> None:
    read_only = pairs(asterisk_command(AsteriskHome("22.1", root), paths, "-f"), "--ro-bind")
    assert any(target == "/etc/hosts" for _, target in read_only)
    assert (str(paths.dialplans), str(paths.dialplans)) in read_only


def test_machines_own_asterisk_runs_as_it_is(paths: Paths) -> None:
    home = AsteriskHome("20.5", None, "/usr/sbin/asterisk")
    assert asterisk_command(home, paths, "-rx", "core show version") == [
        "/usr/sbin/asterisk",
        "-C",
        str(paths.main_conf),
        "-rx",
        "core show version",
    ]
