"""`ivr backup` and `ivr restore`: what comes back is what was there, or nothing is touched."""

import io
import os
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.accounts import User
from ivr.accounts.passwords import Passwords
from ivr.cli.accounts import open_store
from ivr.journal import database
from ivr.journal.entry import Entry
from ivr.model.access import Role
from ivr.model.errors import UserError
from ivr.provision.backup import back_up, check, restore
from ivr.settings import Settings

SOUND = bytes(range(256)) * 400


@pytest.fixture
def lived_in(tmp_path: Path) -> Settings:
    """An instance with a journal, a user, a recording and what the next start makes again."""
    settings = Settings(state_dir=tmp_path / "a/state", dialplans=tmp_path / "a/dialplans")
    written = {
        "state/recordings/2026/11/r1.wav": SOUND,
        "state/voicemail/box/m1.wav": SOUND[:999],
        "state/secrets/api": b"secret",
        "state/journal.spill": b"",
        "state/asterisk/log/cel-custom/cel.jsonl": b"{}\n",
        "state/asterisk/etc/pjsip.conf": b"made again",
        "state/prompts/en/1.wav": b"made again",
        "state/run/server.log": b"made again",
        "dialplans/site.yaml": b"name: here\n",
        "dialplans/sounds/hello.wav": SOUND[:50],
    }
    for name, content in written.items():
        path = tmp_path / "a" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (settings.secrets_dir / "api").chmod(0o600)
    engine = database.open_engine(settings.journal_url)
    database.migrate(engine)
    engine.dispose()
    with open_store(settings) as store:
        store.add_first(User("admin", Role.ADMIN), Passwords().hash("correct horse"))
    with closing(sqlite3.connect(settings.state_dir / "webhooks.db")) as outbox, outbox:
        outbox.execute("CREATE TABLE positions (hook TEXT, id INTEGER)")
        outbox.execute("INSERT INTO positions VALUES ('crm', 7)")
    return settings


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path / "b/state", dialplans=tmp_path / "b/dialplans")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "all.tar"


def contents_of(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_an_empty_place_becomes_the_instance(
    lived_in: Settings, empty: Settings, file: Path
) -> None:
    made = back_up(lived_in, file)
    assert restore(empty, file) == check(file) == made

    state = contents_of(empty.state_dir)
    assert state["recordings/2026/11/r1.wav"] == SOUND
    assert state["voicemail/box/m1.wav"] == SOUND[:999]
    assert state["asterisk/log/cel-custom/cel.jsonl"] == b"{}\n"
    assert not [name for name in state if state[name] == b"made again"]
    assert contents_of(empty.dialplans) == contents_of(lived_in.dialplans)
    with closing(sqlite3.connect(empty.state_dir / "webhooks.db")) as outbox:
        assert outbox.execute("SELECT * FROM positions").fetchall() == [("crm", 7)]


def test_users_sign_in_and_the_audit_is_unbroken(
    lived_in: Settings, empty: Settings, file: Path
) -> None:
    back_up(lived_in, file)
    restore(empty, file)
    with open_store(lived_in) as before, open_store(empty) as after:
        hashed = after.password_of("admin")
        assert hashed is not None
        assert hashed == before.password_of("admin")
        assert after.chain.verify() == before.chain.verify()


def test_what_a_running_server_has_committed_but_not_yet_merged_is_in_it(
    lived_in: Settings, empty: Settings, file: Path
) -> None:
    engine = database.open_engine(lived_in.journal_url)
    try:
        database.store(engine, [Entry(1, None, None, 0, "server.started", None, "{}")])
        assert Path(f"{lived_in.state_dir}/journal.db-wal").stat().st_size > 0
        back_up(lived_in, file)
    finally:
        engine.dispose()
    restore(empty, file)
    with closing(sqlite3.connect(empty.state_dir / "journal.db")) as journal:
        assert journal.execute("SELECT count(*) FROM events").fetchone() == (1,)


def test_only_the_owner_reads_it(lived_in: Settings, empty: Settings, file: Path) -> None:
    back_up(lived_in, file)
    restore(empty, file)
    assert file.stat().st_mode & 0o077 == 0
    assert empty.state_dir.stat().st_mode & 0o077 == 0
    assert (empty.secrets_dir / "api").stat().st_mode & 0o077 == 0


def test_nothing_is_overwritten(lived_in: Settings, empty: Settings, file: Path) -> None:
    back_up(lived_in, file)
    before = file.read_bytes()
    with pytest.raises(UserError, match="exists already"):
        back_up(lived_in, file)
    assert file.read_bytes() == before

    was = contents_of(lived_in.state_dir)
    with pytest.raises(UserError, match="is there already"):
        restore(lived_in, file)
    with pytest.raises(UserError, match="is there already"):
        restore(replace(empty, dialplans=lived_in.dialplans), file)
    assert contents_of(lived_in.state_dir) == was
    assert not empty.state_dir.exists()


def test_a_back_up_inside_what_it_holds_is_refused(lived_in: Settings) -> None:
    with pytest.raises(UserError, match="choose another place"):
        back_up(lived_in, lived_in.state_dir / "all.tar")


def flipped(data: bytes) -> bytes:
    at = data.index(SOUND[:256]) + 5
    return data[:at] + b"\xff" + data[at + 1 :]


@pytest.mark.parametrize(
    "harm", [flipped, lambda data: data[: len(data) // 2], lambda _: b"no archive", lambda _: b""]
)
def test_a_damaged_file_restores_nothing(
    lived_in: Settings, empty: Settings, file: Path, harm: Callable[[bytes], bytes]
) -> None:
    back_up(lived_in, file)
    file.write_bytes(harm(file.read_bytes()))
    for attempt in (lambda: check(file), lambda: restore(empty, file)):
        with pytest.raises(UserError, match="take another"):
            attempt()
    assert not empty.state_dir.exists()
    assert not empty.dialplans.exists()
    assert os.listdir(empty.state_dir.parent) == []


@pytest.mark.parametrize("name", ["state/../../x", "/etc/x", "other", "state", "dialplans/../x"])
def test_names_that_lead_elsewhere_are_refused(empty: Settings, file: Path, name: str) -> None:
    with tarfile.open(file, "w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(UserError, match="has no place"):
        restore(empty, file)
    assert not empty.state_dir.exists()


def test_links_are_refused(empty: Settings, file: Path) -> None:
    link = tarfile.TarInfo("state/recordings")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with tarfile.open(file, "w") as tar:
        tar.addfile(link)
    with pytest.raises(UserError, match="has no place"):
        restore(empty, file)


def test_a_journal_in_a_server_is_left_to_it(
    lived_in: Settings, empty: Settings, file: Path
) -> None:
    url = "postgresql+psycopg://ivr@localhost/ivr"
    (lived_in.state_dir / "journal.db").unlink()
    assert not back_up(replace(lived_in, journal=url), file).journal
    assert not restore(replace(empty, journal=url), file).journal


def test_a_journal_elsewhere_comes_back_elsewhere(
    lived_in: Settings, empty: Settings, file: Path, tmp_path: Path
) -> None:
    moved = replace(lived_in, journal=f"sqlite:///{tmp_path / 'one.db'}")
    (lived_in.state_dir / "journal.db").rename(tmp_path / "one.db")
    back_up(moved, file)
    restore(replace(empty, journal=f"sqlite:///{tmp_path / 'more/two.db'}"), file)
    with closing(sqlite3.connect(tmp_path / "more/two.db")) as journal:
        assert journal.execute("SELECT name FROM users").fetchall() == [("admin",)]
    assert not (empty.state_dir / "journal.db").exists()
