"""Conversations and keys pressed are nobody else's business on this machine."""

import os
from pathlib import Path

import pytest

from ivr.model.site import Site
from ivr.provision.instance import sole_instance
from ivr.provision.paths import Paths, make_directories, paths_of, private_files
from ivr.provision.render import render_asterisk
from ivr.provision.secrets import load_or_create_secrets
from ivr.settings import Settings


@pytest.fixture
def paths(settings: Settings) -> Paths:
    return paths_of(settings)


def mode(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:o}"


def test_a_new_state_directory_is_closed_to_others_with_all_in_it(
    settings: Settings, site: Site, paths: Paths
) -> None:
    with private_files(), sole_instance(paths):
        render_asterisk(settings, site, load_or_create_secrets(settings.secrets_dir, site))
    inside = [each for each in paths.state.rglob("*") if not each.is_symlink()]
    assert {mode(each) for each in (paths.state, *inside) if each.is_dir()} == {"700"}
    readable = [each for each in inside if each.is_file() and mode(each) != "600"]
    assert {each.relative_to(paths.state).parts[1] for each in readable} <= {"agi-bin"}


def test_what_an_earlier_version_left_open_is_closed(paths: Paths) -> None:
    paths.recordings.mkdir(parents=True, mode=0o755)
    journal = paths.state / "journal.db"
    journal.touch(mode=0o644)
    make_directories(paths)
    assert (mode(paths.recordings), mode(journal)) == ("700", "600")


def test_a_state_directory_somebody_made_keeps_its_mode(paths: Paths) -> None:
    paths.state.mkdir()
    paths.state.chmod(0o755)
    make_directories(paths)
    assert mode(paths.state) == "755"
    assert mode(paths.voicemail) == "700"


def test_only_meanwhile_files_are_private(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with private_files():
            (tmp_path / "private").touch()
        (tmp_path / "public").touch()
    finally:
        os.umask(before)
    assert (mode(tmp_path / "private"), mode(tmp_path / "public")) == ("600", "644")
