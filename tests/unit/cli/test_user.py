"""`ivr user` and `ivr audit`, against a database of the test's own."""

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.cli import accounts, main
from ivr.cli.accounts import open_store, tell_first_admin
from ivr.settings import Settings
from tests.unit.accounts.rooms import QUICK

ONE_TIME = r"[a-z2-9]{4}(-[a-z2-9]{4}){4}"


class Instance:
    """A state directory, and the command line that names it."""

    def __init__(self, directory: Path) -> None:
        self.settings = Settings(state_dir=directory)
        self.database = directory / "journal.db"

    def ivr(self, *words: str) -> Result:
        return CliRunner().invoke(main, [*words, "--state-dir", str(self.settings.state_dir)])

    def json(self, *words: str) -> Any:
        return json.loads(self.ivr(*words, "--format", "json").output)

    def holds(self, name: str, text: str) -> bool:
        """Whether this is the user's password."""
        with open_store(self.settings) as store:
            return QUICK.fits(store.password_of(name), text)

    def holder(self, token: str) -> str | None:
        with open_store(self.settings) as store:
            found = store.holder("token", token)
        return found.name if found else None


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Instance:
    monkeypatch.setattr(accounts, "Passwords", lambda: QUICK)
    monkeypatch.setattr("ivr.cli.user.Passwords", lambda: QUICK)
    return Instance(tmp_path)


def shown_password(output: str) -> str:
    (found,) = re.finditer(ONE_TIME, output)
    return found[0]


def test_the_first_start_shows_the_admins_password_and_no_other_does(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_first_admin(instance.settings)
    password = shown_password(capsys.readouterr().out)
    assert instance.holds("admin", password)
    assert password not in instance.database.read_bytes().decode("latin-1")
    tell_first_admin(instance.settings)
    assert capsys.readouterr().out == ""
    assert instance.json("user", "list") == {
        "users": [
            {
                "name": "admin",
                "role": "admin",
                "teams": [],
                "agent": "",
                "must_change": True,
                "disabled": False,
            }
        ]
    }


def test_somebody_is_added_and_has_to_change_the_password_shown(instance: Instance) -> None:
    added = instance.ivr("user", "add", "Zoë", "--role", "supervisor", "--team", "care")
    assert added.exit_code == 0
    assert instance.holds("zoë", shown_password(added.output))
    (zoe,) = instance.json("user", "list")["users"]
    assert (zoe["role"], zoe["teams"], zoe["must_change"]) == ("supervisor", ["care"], True)
    table = instance.ivr("user", "list").output
    assert "has a one-time password" in table


def test_a_forgotten_password_is_replaced(instance: Instance) -> None:
    old = shown_password(instance.ivr("user", "add", "ann").output)
    new = shown_password(instance.ivr("user", "passwd", "ann").output)
    assert not instance.holds("ann", old)
    assert instance.holds("ann", new)


def test_what_is_not_given_stays(instance: Instance) -> None:
    instance.ivr("user", "add", "ann", "--team", "care", "--agent", "ann")
    instance.ivr("user", "role", "ann", "--role", "supervisor")
    instance.ivr("user", "role", "ann", "--team", "back_office", "--team", "care")
    (ann,) = instance.json("user", "list")["users"]
    assert (ann["role"], ann["teams"], ann["agent"]) == (
        "supervisor",
        ["back_office", "care"],
        "ann",
    )
    instance.ivr("user", "role", "ann", "--agent", "")
    assert instance.json("user", "list")["users"][0]["agent"] == ""


def test_teams_and_agents_the_site_does_not_have_are_told(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("--team", "cares", "--agent", "anna")
    monkeypatch.setenv("IVR_DIALPLANS", str(Path(__file__).parents[3] / "dialplans"))
    for added in (
        instance.ivr("user", "add", "ann", *words),
        instance.ivr("user", "role", "ann", *words),
    ):
        assert added.exit_code == 0
        team, agent = added.stderr.splitlines()
        assert team.startswith("warning: ")
        assert team.endswith("site.yaml has no team 'cares' (did you mean 'care'?)")
        assert agent.endswith("site.yaml has no agent 'anna' (did you mean 'ana'?)")
    known = instance.ivr("user", "add", "bob", "--team", "care", "--agent", "ben")
    assert known.stderr == ""
    monkeypatch.setenv("IVR_DIALPLANS", "nowhere")
    assert instance.ivr("user", "add", "cem", *words).stderr == ""


def test_who_sees_all_teams_is_said_to(instance: Instance) -> None:
    instance.ivr("user", "add", "ann", "--role", "supervisor", "--team", "care")
    manager = instance.ivr("user", "role", "ann", "--role", "manager")
    assert manager.output == "ann: manager of all teams\n"
    supervisor = instance.ivr("user", "role", "ann", "--role", "supervisor")
    assert supervisor.output == "ann: supervisor of care\n"


def test_a_token_works_until_revoked_or_its_user_is_disabled(instance: Instance) -> None:
    instance.ivr("user", "add", "crm")
    token = instance.ivr("user", "token", "crm", "--expires", "12h").output.strip()
    assert instance.holder(token) == "crm"
    assert instance.ivr("user", "token", "crm", "--revoke").output == "crm: tokens ended: 1\n"
    assert instance.holder(token) is None
    token = instance.ivr("user", "token", "crm").output.strip()
    instance.ivr("user", "disable", "crm")
    instance.ivr("user", "enable", "crm")
    assert instance.holder(token) is None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["add", "007"], "is no name for a user"),
        (["add", "ann"], "there is a user 'ann' already"),
        (["add", "bob", "--team", "Care!"], "no key of the site file"),
        (["passwd", "eve"], "there is no user 'eve'"),
        (["role", "eve", "--role", "admin"], "there is no user 'eve'"),
        (["disable", "eve"], "there is no user 'eve'"),
        (["token", "eve"], "there is no user 'eve'"),
        (["token", "ann", "--expires", "9y"], "at most 366d"),
        (["token", "ann", "--expires", "999d"], "at most 366d"),
    ],
)
def test_what_cannot_be_is_said(instance: Instance, words: list[str], why: str) -> None:
    instance.ivr("user", "add", "ann")
    result = instance.ivr("user", *words)
    assert result.exit_code == 1
    assert why in result.output


def test_a_database_that_cannot_be_used_is_said(instance: Instance) -> None:
    instance.database.parent.joinpath("journal.db").mkdir()
    result = instance.ivr("user", "list")
    assert result.exit_code == 1
    assert "cannot open" in result.output


def test_the_audit_lists_who_did_what_and_is_sound(instance: Instance) -> None:
    instance.ivr("user", "add", "ann")
    instance.ivr("user", "disable", "ann")
    records = instance.json("audit", "list")["records"]
    assert [(one["who"], one["action"], one["target"]) for one in records] == [
        ("cli", "user.added", "ann"),
        ("cli", "user.disabled", "ann"),
    ]
    assert records[0]["details"] == {"agent": "", "role": "agent", "teams": []}
    lines = instance.ivr("audit", "list", "--limit", "1").output.splitlines()
    assert lines[1].split()[3:6] == ["cli", "user.disabled", "ann"]
    result = instance.ivr("audit", "verify")
    assert (result.exit_code, result.output.split()[:3]) == (0, ["2", "records,", "unbroken;"])


def test_a_changed_line_is_found_and_named(instance: Instance) -> None:
    for name in ("ann", "bob", "cem"):
        instance.ivr("user", "add", name)
    noted = instance.ivr("audit", "verify").output.split()[-1]
    with sqlite3.connect(instance.database) as connection:
        connection.execute("UPDATE audit SET target = 'eve' WHERE id = 2")
    connection.close()
    result = instance.ivr("audit", "verify")
    assert result.exit_code == 1
    assert "record 2 was changed" in result.output
    with sqlite3.connect(instance.database) as connection:
        connection.execute("DELETE FROM audit")
    connection.close()
    instance.settings.audit_head_file.unlink()
    assert instance.ivr("audit", "verify").exit_code == 0
    assert "missing" in instance.ivr("audit", "verify", "--noted", noted).output
    assert "give ID:HASH" in instance.ivr("audit", "verify", "--noted", "3").output
