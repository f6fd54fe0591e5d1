"""The audit: whatever is done to the database behind its back shows."""

import errno
import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.accounts.chain import NOTHING, BrokenChainError, Head, Note, head_of
from tests.unit.accounts.rooms import Rooms


def write(rooms: Rooms) -> Rooms:
    """Five records: the user added, and four more."""
    for number in range(4):
        details = {"mode": "listen", "who": 'Zoë "x"\n', "number": number}
        rooms.store.chain.append([Note(1.5, "sue", "supervision.started", "ann", details)])
    assert rooms.store.chain.verify().id == 5
    return rooms


@pytest.fixture
def written(rooms: Rooms) -> Rooms:
    return write(rooms)


@pytest.fixture
def anywhere(any_rooms: Rooms) -> Rooms:
    return write(any_rooms)


def test_a_changed_line_is_found_in_each_kind_of_database(anywhere: Rooms) -> None:
    anywhere.sql("UPDATE audit SET who = 'eve' WHERE id = 3")
    with pytest.raises(BrokenChainError, match="record 3 was changed"):
        anywhere.store.chain.verify()


def test_the_hash_is_what_the_docstring_says(written: Rooms) -> None:
    before = "0" * 64
    columns = "id, at_ms, who, action, target, details, hash"
    for *values, digest in written.sql(f"SELECT {columns} FROM audit ORDER BY id"):
        record = dict(zip(columns.split(", "), values, strict=False))
        text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        before = hashlib.sha256((before + text).encode()).hexdigest()
        assert digest == before


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE audit SET who = 'eve' WHERE id = 3", "record 3 was changed"),
        ("UPDATE audit SET at_ms = at_ms + 1 WHERE id = 5", "record 5 was changed"),
        ("UPDATE audit SET details = replace(details, 'listen', 'barge') WHERE id = 2", "record 2"),
        ("UPDATE audit SET hash = upper(hash) WHERE id = 4", "record 4 was changed"),
        ("DELETE FROM audit WHERE id = 1", "missing: record 1"),
        ("DELETE FROM audit WHERE id = 3", "missing: record 3"),
        ("DELETE FROM audit WHERE id IN (2, 3)", "missing: record 2, and all up to 4"),
        ("DELETE FROM audit WHERE id >= 4", "records 4 to 5 are missing: the end was cut off"),
        ("DELETE FROM audit", "records 1 to 5 are missing"),
        (
            "INSERT INTO audit SELECT 6, at_ms, who, action, target, details, hash FROM audit "
            "WHERE id = 5",
            "record 6 was changed",
        ),
        (
            "INSERT INTO audit SELECT 0, at_ms, who, action, target, details, hash FROM audit "
            "WHERE id = 5",
            "record 0 was inserted",
        ),
        ("UPDATE audit SET id = CASE id WHEN 3 THEN 40 ELSE 30 END WHERE id IN (3, 4)", "3"),
    ],
)
def test_what_was_changed_removed_or_inserted_is_found(
    written: Rooms, statement: str, place: str
) -> None:
    written.sql(statement)
    with pytest.raises(BrokenChainError, match=place):
        written.store.chain.verify()


def test_a_chain_written_anew_from_some_record_on_is_found_by_the_head(written: Rooms) -> None:
    """Whoever has the database alone can compute every hash again, but not the head beside it."""
    written.sql("DELETE FROM audit WHERE id >= 3")
    kept = written.head_file.read_text()
    for _ in range(4):
        written.store.chain.append([Note(2.0, "eve", "nothing.happened")])
    written.head_file.write_text(kept)
    with pytest.raises(BrokenChainError, match="record 5 is another one"):
        written.store.chain.verify()


@pytest.mark.parametrize("cut", [1, 3, 5])
def test_what_is_written_after_the_end_was_cut_off_does_not_hide_it(
    anywhere: Rooms, cut: int
) -> None:
    """Whoever may delete need not stop the server, which goes on recording."""
    told: list[str] = []
    store = anywhere.another_store(lambda: told.append("broken"))
    anywhere.sql(f"DELETE FROM audit WHERE id > 5 - {cut}")
    kept = anywhere.head_file.read_text()
    for _ in range(cut + 2):
        store.chain.append([Note(2.0, "eve", "nothing.happened")])
    assert [one.action for one in store.chain.latest(cut + 2)] == ["nothing.happened"] * (cut + 2)
    store.close()
    assert (anywhere.head_file.read_text(), len(told)) == (kept, cut + 2)
    with pytest.raises(BrokenChainError, match="record 5 is another one"):
        anywhere.store.chain.verify()


def test_the_end_is_said_to_be_cut_off_until_as_many_records_came_again(written: Rooms) -> None:
    written.sql("DELETE FROM audit WHERE id > 2")
    written.store.chain.append([Note(2.0, "eve", "nothing.happened")])
    with pytest.raises(BrokenChainError, match="records 4 to 5 are missing: the end was cut off"):
        written.store.chain.verify()


def test_a_head_noted_elsewhere_finds_it_when_the_one_beside_was_changed_too(
    written: Rooms,
) -> None:
    noted = written.store.chain.verify()
    written.sql("DELETE FROM audit WHERE id = 5")
    written.head_file.write_text(f"4:{written.sql('SELECT hash FROM audit WHERE id = 4')[0][0]}\n")
    assert written.store.chain.verify().id == 4
    with pytest.raises(BrokenChainError, match="records 5 to 5 are missing"):
        written.store.chain.verify(noted)
    assert head_of(str(noted)) == noted


DAMAGES = [
    b"",
    b"\n",
    b"\xff\n",
    b"sound",
    b"5:" + b"a" * 63,
    b"9" * 30 + b":" + b"a" * 64,
    b"9" * 5000 + b":" + b"a" * 64,
    None,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_head_that_is_damaged_or_gone_is_told_and_made_by_nobody_but_the_operator(
    written: Rooms, damage: bytes | None
) -> None:
    """Whoever cuts off the end has only to spoil the head, otherwise."""
    told: list[str] = []
    store = written.another_store(lambda: told.append("broken"))
    written.sql("DELETE FROM audit WHERE id >= 3")
    written.head_file.unlink()
    if damage is not None:
        written.head_file.write_bytes(damage)
    with capture_logs() as logs:
        for _ in range(2):
            store.chain.append([Note(2.0, "eve", "nothing.happened")])
    assert len(told) == 2
    assert ["audit.head is" in one["trouble"] for one in logs] == [True]
    assert written.head_file.exists() is (damage is not None)
    if damage is not None:
        assert written.head_file.read_bytes() == damage
    with pytest.raises(BrokenChainError, match=r"audit.head is (damaged|missing)") as caught:
        store.chain.verify()
    written.head_file.write_text(str(caught.value).rpartition(" ")[2])
    store.chain.append([Note(2.0, "eve", "nothing.happened")])
    assert (store.chain.verify().id, len(told)) == (5, 2)
    store.close()


def test_a_head_that_nobody_may_read_is_told(written: Rooms) -> None:
    written.head_file.unlink()
    written.head_file.mkdir()
    written.store.chain.append([Note(2.0, "eve", "nothing.happened")])
    with pytest.raises(BrokenChainError, match=r"audit.head cannot be read \(Is a directory\)"):
        written.store.chain.verify()


def test_a_process_that_ends_after_the_very_first_record_leaves_a_sound_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = Rooms(tmp_path)
    monkeypatch.setattr(rooms.store.chain, "_keep_if_possible", lambda head: None)
    rooms.fill()
    rooms.store.close()
    assert (rooms.store.chain.verify().id, head_of(rooms.head_file.read_text())) == (1, NOTHING)


def test_a_record_is_not_written_twice_when_the_head_cannot_be(
    written: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        written.store.chain.append([Note(2.0, "x", "x.done")])
    assert written.store.chain.verify().id == 6


def test_a_head_that_is_behind_is_no_fault(written: Rooms) -> None:
    """The process ended between the record and the head."""
    first = str(written.sql("SELECT hash FROM audit WHERE id = 1")[0][0])
    written.head_file.write_text(f"{Head(1, first)}\n")
    assert written.store.chain.verify().id == 5


def test_several_processes_write_one_chain(anywhere: Rooms) -> None:
    def add() -> None:
        store = anywhere.another_store()
        for _ in range(10):
            store.chain.append([Note(3.0, "x", "x.done"), Note(3.0, "x", "x.done")])
        store.close()

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    head = anywhere.store.chain.verify()
    assert head.id == 65
    assert head_of(anywhere.head_file.read_text()) == head


def test_the_command_line_and_a_busy_server_write_one_chain(
    sqlite_rooms: Rooms, tmp_path: Path
) -> None:
    """Real processes, each with its own sight of the kept head."""
    told: list[str] = []
    store = sqlite_rooms.another_store(lambda: told.append("broken"))
    environment = os.environ | {"IVR_STATE_DIR": str(tmp_path)}
    programs = [
        subprocess.Popen(
            [sys.executable, "-m", "ivr", "user", "role", "ann", "--role", role],
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        for role in ("supervisor", "manager", "agent")
    ]
    while any(program.poll() is None for program in programs):
        store.chain.append([Note(3.0, "x", "x.done")])
    assert [program.returncode for program in programs] == [0, 0, 0]
    store.close()
    actions = [one[1] for one in sqlite_rooms.actions()]
    assert actions.count("user.role") == 3
    assert told == []
    assert head_of(sqlite_rooms.head_file.read_text()) == sqlite_rooms.store.chain.verify()


def test_text_no_database_takes_is_written_all_the_same(anywhere: Rooms) -> None:
    anywhere.store.chain.append([Note(1.0, "a\0b", "x.done", "\ud800\r\nZoë", {"x": "\0\ud800"})])
    (record,) = anywhere.store.chain.latest(1)
    assert (record.who, record.target) == ("a\\x00b", "\\ud800\r\nZoë")
    assert anywhere.store.chain.verify().id == 6


def test_a_change_that_fails_leaves_no_record(anywhere: Rooms) -> None:
    class BrokenOffError(Exception): ...

    def change() -> None:
        with anywhere.store.chain.transaction() as (_, notes):
            notes.append(Note(1.0, "x", "x.done"))
            raise BrokenOffError

    with pytest.raises(BrokenOffError):
        change()
    assert anywhere.store.chain.verify().id == 5
