"""Versions of site and flows: kept, bounded, and pinned after a rollback."""

from pathlib import Path

import pytest

from ivr.model.errors import UserError
from ivr.provision.versions import VERSIONS_MAX, Versions
from ivr.service.reloading import Kept

FILES = {"site.yaml": "numbers: {}\n", "main.yaml": "flow: main\r\n"}


def kept(version: str, at: float = 1.0) -> Kept:
    return Kept(version, at, ("~ flow main: ~ bye",))


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "versions")


def test_nothing_is_kept_at_first(versions: Versions) -> None:
    assert list(versions.all()) == []
    assert versions.pinned("ffff") == ""


def test_a_version_is_kept_byte_by_byte(versions: Versions) -> None:
    versions.keep(kept("aaaa"), FILES)
    assert list(versions.all()) == [kept("aaaa")]
    found = {file.name: file.read_bytes() for file in versions.yaml_of("aaaa").iterdir()}
    assert found == {name: text.encode() for name, text in FILES.items()}


def test_a_version_that_comes_again_is_the_newest(versions: Versions) -> None:
    for version, at in (("aaaa", 1), ("bbbb", 2), ("aaaa", 3)):
        versions.keep(kept(version, at), FILES)
    assert [(one.version, one.at) for one in versions.all()] == [("bbbb", 2), ("aaaa", 3)]


def test_the_oldest_go(versions: Versions) -> None:
    for number in range(VERSIONS_MAX + 2):
        versions.keep(kept(f"v{number}"), FILES)
    assert [one.version for one in versions.all()][:2] == ["v2", "v3"]
    assert not versions.yaml_of("v1").exists()
    assert versions.yaml_of("v2").is_dir()


def test_a_pin_holds_while_the_files_are_those_taken_back(versions: Versions) -> None:
    versions.keep(kept("aaaa"), FILES)
    versions.pin("aaaa", "ffff")
    assert versions.pinned("ffff") == "aaaa"
    assert versions.pinned("gggg") == ""
    versions.unpin()
    assert versions.pinned("ffff") == ""


def test_a_pin_to_what_is_gone_counts_for_nothing(versions: Versions) -> None:
    versions.keep(kept("aaaa"), FILES)
    versions.pin("gone", "ffff")
    assert versions.pinned("ffff") == ""


@pytest.mark.parametrize("damaged", ["", "{", "[]", "null", '{"version": 7}', "\0"])
def test_damaged_notes_stop_nothing(versions: Versions, damaged: str) -> None:
    versions.keep(kept("aaaa"), FILES)
    directory = versions.yaml_of("aaaa").parent
    (directory / "list.json").write_text(damaged)
    (directory / "pinned.json").write_text(damaged)
    assert list(versions.all()) == []
    assert versions.pinned("ffff") == ""
    versions.keep(kept("bbbb"), FILES)
    assert list(versions.all()) == [kept("bbbb")]


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "versions").write_text("a file, not a directory")
    with pytest.raises(UserError, match="versions"):
        Versions(tmp_path / "versions").keep(kept("aaaa"), FILES)
