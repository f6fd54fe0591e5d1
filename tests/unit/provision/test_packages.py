"""Missing packages: installed when possible, else one sentence with the command to type."""

from pathlib import Path

import pytest

from ivr.model.errors import UserError
from ivr.provision import packages


@pytest.fixture
def bin_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with only what a test puts there, and /bin for shell scripts."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", f"{directory}:/bin:/usr/bin")
    monkeypatch.setattr(packages, "find_program", lambda name: _found(directory / name))
    monkeypatch.setattr(packages.os, "geteuid", lambda: 0)
    return directory


def _found(file: Path) -> str | None:
    return str(file) if file.exists() else None


def script(directory: Path, name: str, body: str) -> None:
    (directory / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    (directory / name).chmod(0o755)


def test_program_that_is_there_installs_nothing(bin_dir: Path) -> None:
    script(bin_dir, "sox", "")
    script(bin_dir, "apt-get", f"touch {bin_dir}/called")
    packages.ensure_programs({"sox": "sox"}, pytest.fail)
    assert not (bin_dir / "called").exists()


def test_missing_package_is_installed_and_said(bin_dir: Path) -> None:
    script(bin_dir, "apt-get", f"echo $* >> {bin_dir}/calls; touch {bin_dir}/sox")
    said: list[str] = []
    packages.ensure_programs({"sox": "sox-package"}, said.append)
    assert said == ["installing sox-package"]
    calls = (bin_dir / "calls").read_text().splitlines()
    assert calls == ["install -y -q --no-install-recommends sox-package"]


def test_stale_lists_are_updated_and_the_install_tried_again(bin_dir: Path) -> None:
    script(
        bin_dir,
        "apt-get",
        f"echo $1 >> {bin_dir}/calls\n"
        f'[ "$1" = update ] && touch {bin_dir}/fresh\n'
        f"[ -e {bin_dir}/fresh ] && touch {bin_dir}/sox",
    )
    packages.ensure_programs({"sox": "sox"}, lambda _: None)
    assert (bin_dir / "calls").read_text().split() == ["install", "update", "install"]


def test_no_network_is_told_in_one_sentence_with_apts_own_reason(bin_dir: Path) -> None:
    script(bin_dir, "apt-get", "echo 'E: Unable to fetch some archives' >&2; exit 100")
    with pytest.raises(UserError) as caught:
        packages.ensure_programs({"sox": "sox"}, lambda _: None)
    text = str(caught.value)
    assert "Unable to fetch some archives" in text
    assert text.endswith("apt-get install sox")
    assert "\n" not in text


def test_ordinary_user_without_sudo_gets_the_command_to_give_to_somebody(
    bin_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(bin_dir, "apt-get", "exit 1")
    monkeypatch.setattr(packages.os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(bin_dir))
    with pytest.raises(UserError, match=r"no sudo; install them yourself: apt-get install sox$"):
        packages.ensure_programs({"sox": "sox"}, lambda _: None)
