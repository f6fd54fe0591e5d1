"""Which Asterisk is used, and what is said when none can be had."""

import fcntl
from pathlib import Path

import pytest

from ivr.model.errors import UserError
from ivr.provision import rootfs


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "ivr"


def program(directory: Path, name: str, body: str) -> Path:
    file = directory / name
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("Asterisk 22.10.1+dfsg+~cs6.17.60671434-1", "22.10.1"),
        ("Asterisk certified/20.7-cert2", "20.7"),
        ("Asterisk certified-20.7-cert2", "20.7"),
        ("Asterisk GIT-master-abc", None),
        ("", None),
    ],
)
def test_version_is_read_from_what_asterisk_says(
    tmp_path: Path, output: str, version: str | None
) -> None:
    asterisk = program(tmp_path, "asterisk", f"echo '{output}'")
    assert rootfs.asterisk_version([str(asterisk)]) == version


def test_machines_own_recent_asterisk_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    own = program(tmp_path, "asterisk", "echo Asterisk 20.1.0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    home = rootfs.ensure_asterisk(said.append)
    assert (home.version, home.root, home.program) == ("20.1.0", None, str(own))
    assert said == []


def test_machines_own_old_asterisk_is_left_alone_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    program(tmp_path, "asterisk", "echo Asterisk 16.28.0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(rootfs, "debian_mirror", lambda: None)
    with pytest.raises(UserError, match="No Debian source"):
        rootfs.ensure_asterisk(said.append)
    assert "16.28.0 is older than 20" in said[0]


def test_failed_fetch_is_one_sentence_and_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str], cache: Path
) -> None:
    program(tmp_path, "mmdebstrap", "echo 'E: no such host' >&2; printf junk; exit 100")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(rootfs, "debian_mirror", lambda: "http://m.example/debian")
    monkeypatch.setattr(rootfs, "ensure_programs", lambda _wanted, _say: None)
    with pytest.raises(UserError, match=r"m\.example.*no such host.*check the network"):
        rootfs.ensure_root("a", ["asterisk"], "usr/sbin/asterisk", said.append)
    assert [file.suffix for file in cache.iterdir()] == [".lock"]


def test_complete_root_is_used_without_a_word_or_a_lock(said: list[str], cache: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootfs, "_build", lambda root, *_: (root / "bin").mkdir(parents=True))
        root = rootfs.ensure_root("a", ["x"], "bin", said.append)
    with (cache / f"{root.name}.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert rootfs.ensure_root("a", ["x"], "bin", said.append) == root
    assert said == []


def test_other_packages_are_another_root(said: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootfs, "_build", lambda root, *_: (root / "bin").mkdir(parents=True))
        one = rootfs.ensure_root("a", ["x"], "bin", said.append)
        other = rootfs.ensure_root("a", ["x", "y"], "bin", said.append)
    assert one != other
