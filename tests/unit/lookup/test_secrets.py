"""Secrets stand in the state directory or the environment, never in the site."""

from pathlib import Path

import pytest

from ivr.lookup.secrets import headers_of
from ivr.model.errors import UserError
from ivr.model.site import HttpTarget

TARGET = HttpTarget.model_validate(
    {
        "url": "https://crm.example.com",
        "headers": {"Authorization": {"secret": "crm_token", "before": "Bearer "}, "X-App": "ivr"},
    }
)


def test_a_secret_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "http").mkdir()
    file = tmp_path / "http" / "crm_token"
    file.touch(0o600)
    file.write_text("s3cret\n")
    assert headers_of(TARGET, tmp_path) == {"Authorization": "Bearer s3cret", "X-App": "ivr"}


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_CRM_TOKEN", "other")
    assert headers_of(TARGET, tmp_path)["Authorization"] == "Bearer other"


def test_a_credential_of_the_service_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """systemd grants it to the service's user by an access list, which looks like a group's."""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    credential = tmp_path / "secrets_crm_token"
    credential.touch(0o640)
    credential.write_text("given\n")
    assert headers_of(TARGET, tmp_path / "secrets")["Authorization"] == "Bearer given"
    credential.unlink()
    with pytest.raises(UserError, match="as credential secrets_crm_token"):
        headers_of(TARGET, tmp_path / "secrets")


def test_a_missing_one_says_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"http/crm_token .*or set IVR_SECRET_CRM_TOKEN"):
        headers_of(TARGET, tmp_path)


@pytest.mark.parametrize("text", ["", " \n", "two\nlines", "ä"])
def test_one_that_is_no_header_is_refused_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("IVR_SECRET_CRM_TOKEN", text)
    with pytest.raises(UserError, match="empty, or not one line") as caught:
        headers_of(TARGET, tmp_path)
    assert "two" not in str(caught.value)


def test_one_that_everybody_can_read_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "http").mkdir()
    (tmp_path / "http" / "crm_token").touch(0o644)
    with pytest.raises(UserError, match="others can read this secret; chmod 600"):
        headers_of(TARGET, tmp_path)
