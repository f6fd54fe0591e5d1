"""Secrets are made once, kept apart, and shown to nobody."""

import stat
from pathlib import Path

import pytest

from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.provision.secrets import load_or_create_secrets


def test_every_account_gets_a_password_and_every_supervisor_a_pin(
    tmp_path: Path, site: Site
) -> None:
    secrets = load_or_create_secrets(tmp_path, site)
    assert set(secrets.sip) == {"1001", "1009", "2001"}
    assert set(secrets.pins) == {"1009"}
    assert len(set(secrets.sip.values())) == 3
    assert secrets.pins["1009"].isdigit()


def test_second_start_finds_the_same_secrets(tmp_path: Path, site: Site) -> None:
    first = load_or_create_secrets(tmp_path, site)
    assert load_or_create_secrets(tmp_path, site) == first


def test_two_instances_never_share_a_secret(tmp_path: Path, site: Site) -> None:
    one = load_or_create_secrets(tmp_path / "one", site)
    other = load_or_create_secrets(tmp_path / "other", site)
    assert one.ami != other.ami
    assert one.agi != other.agi
    assert one.sip["1001"] != other.sip["1001"]


def test_files_are_their_owners_alone_and_nothing_else_is_left(tmp_path: Path, site: Site) -> None:
    directory = tmp_path / "secrets"
    load_or_create_secrets(directory, site)
    files = {str(f.relative_to(directory)): f for f in directory.rglob("*") if f.is_file()}
    assert set(files) == {"ami", "agi", "api", "sip/1001", "sip/1009", "sip/2001", "pins/1009"}
    assert {stat.S_IMODE(f.stat().st_mode) for f in files.values()} == {0o600}
    directories = [directory, directory / "sip", directory / "pins"]
    assert {stat.S_IMODE(d.stat().st_mode) for d in directories} == {0o700}


def test_printing_secrets_shows_none(tmp_path: Path, site: Site) -> None:
    secrets = load_or_create_secrets(tmp_path, site)
    shown = f"{secrets} {secrets!r}"
    for secret in (secrets.ami, secrets.agi, *secrets.sip.values(), *secrets.pins.values()):
        assert secret not in shown


@pytest.mark.parametrize("content", ["", "two\nlines", "a;b", "x]\n[evil"])
def test_damaged_secret_is_refused_by_name(tmp_path: Path, site: Site, content: str) -> None:
    load_or_create_secrets(tmp_path, site)
    (tmp_path / "sip" / "1001").write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=r"sip/1001: .*delete the file"):
        load_or_create_secrets(tmp_path, site)


def test_directory_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path, site: Site) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="--state-dir"):
        load_or_create_secrets(tmp_path / "file" / "secrets", site)
