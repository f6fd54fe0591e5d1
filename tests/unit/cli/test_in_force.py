"""What an instance runs: its files, or what a rollback put in force."""

from pathlib import Path

import pytest

from ivr.cli.dialplans import Dialplans, files_version, load_dialplans
from ivr.cli.in_force import dialplans_to_run
from ivr.provision.versions import Versions
from ivr.service.reloading import Kept
from ivr.settings import Settings
from tests.unit.cli.test_check import FLOW, SITE

NOT_RIGHT = "flow: company\nstart: nowhere\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    dialplans = tmp_path / "dialplans"
    dialplans.mkdir()
    (dialplans / "site.yaml").write_text(SITE)
    (dialplans / "company.yaml").write_text(FLOW)
    return Settings(state_dir=tmp_path / "state", dialplans=dialplans)


def edit(settings: Settings, before: str, after: str) -> None:
    file = settings.dialplans / "company.yaml"
    file.write_text(file.read_text().replace(before, after))


def take_back(settings: Settings) -> Dialplans:
    """The files say "Adieu.", what ran before them is in force again."""
    former = load_dialplans(settings.dialplans)
    versions = Versions(settings.versions_dir)
    versions.keep(Kept(former.version, 1.0, ()), former.sources)
    edit(settings, "Goodbye.", "Adieu.")
    versions.pin(former.version, files_version(settings.dialplans))
    return former


def test_the_version_is_that_of_the_text_whoever_reads_it(settings: Settings) -> None:
    version = load_dialplans(settings.dialplans).version
    assert version == files_version(settings.dialplans)
    (settings.dialplans / "company.test.yaml").write_text("tests: []")
    assert files_version(settings.dialplans) == version
    edit(settings, "Goodbye.", "Adieu.")
    assert load_dialplans(settings.dialplans).version == files_version(settings.dialplans)
    assert files_version(settings.dialplans) != version


def test_the_files_are_run(settings: Settings) -> None:
    found = dialplans_to_run(settings)
    assert found.dialplans.version == files_version(settings.dialplans)
    assert (found.rolled_back, found.notes) == (False, ())


def test_what_a_rollback_put_in_force_is_run_again_and_the_card_says_so(
    settings: Settings,
) -> None:
    former = take_back(settings)
    found = dialplans_to_run(settings)
    assert found.dialplans == former
    (note,) = found.notes
    assert f"version {former.version} runs, not what the files say" in note


def test_files_edited_since_are_run(settings: Settings) -> None:
    take_back(settings)
    edit(settings, "Adieu.", "Farewell.")
    found = dialplans_to_run(settings)
    assert found.dialplans.version == files_version(settings.dialplans)
    assert not found.rolled_back


def test_an_earlier_version_that_is_no_longer_right_gives_way_to_the_files(
    settings: Settings,
) -> None:
    former = take_back(settings)
    kept = Versions(settings.versions_dir).yaml_of(former.version)
    (kept / "company.yaml").write_text(NOT_RIGHT)
    assert dialplans_to_run(settings).dialplans.version == files_version(settings.dialplans)


def test_files_that_are_broken_do_not_keep_an_earlier_version_from_running(
    settings: Settings,
) -> None:
    former = take_back(settings)
    (settings.dialplans / "company.yaml").write_text(NOT_RIGHT)
    Versions(settings.versions_dir).pin(former.version, files_version(settings.dialplans))
    assert dialplans_to_run(settings).dialplans.version == former.version
