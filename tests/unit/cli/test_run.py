"""`ivr run` finds out what is wrong before Asterisk starts."""

from pathlib import Path

import pytest

from ivr.cli import run as module
from ivr.cli.run import run
from ivr.model.errors import UserError
from ivr.provision.sandbox import AsteriskHome
from ivr.settings import Settings

DIALPLANS = Path(__file__).resolve().parents[3] / "dialplans"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of a machine that has everything, where starting anything is a failure of the test."""
    monkeypatch.setattr(module, "ensure_server_tools", lambda _say: None)
    monkeypatch.setattr(module, "ensure_asterisk", lambda _say: AsteriskHome("22.1", None))
    monkeypatch.setattr(module, "refuse_taken", lambda _ports: None)
    monkeypatch.setattr(module, "Instance", None)
    return Settings(state_dir=tmp_path / "state", dialplans=DIALPLANS)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "this is no database URL"),
        ("oracle7://host/x", "the driver for 'oracle7' is not installed"),
        ("sqlite:////dev/null/journal.db", "cannot open"),
    ],
)
def test_journal_that_cannot_be_opened_is_told_before_asterisk_starts(
    settings: Settings, url: str, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        run(Settings(settings.state_dir, settings.dialplans, journal=url))
