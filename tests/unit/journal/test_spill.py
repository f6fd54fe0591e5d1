"""The spill file: whole lines only, replayed in order, also while it grows."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError

from ivr.journal.entry import Entry, entry_of
from ivr.journal.spill import CHUNK, Spill
from tests.unit.journal.conftest import started


def entry(number: int) -> Entry:
    return entry_of(started(f"call{number}"), number, 1)


def replayed(spill: Spill) -> list[int]:
    numbers: list[int] = []
    spill.replay(lambda entries: numbers.extend(each.id for each in entries), Event())
    return numbers


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.spill"


def test_what_was_appended_comes_back_in_order_and_the_file_goes(path: Path) -> None:
    spill = Spill(path)
    spill.append([entry(number) for number in range(CHUNK + 5)])
    spill.append([entry(CHUNK + 5)])
    assert spill.pending == CHUNK + 6
    assert replayed(spill) == list(range(CHUNK + 6))
    assert (spill.pending, spill.empty, path.exists()) == (0, True, False)


def test_only_the_owner_can_read_it(path: Path) -> None:
    Spill(path).append([entry(1)])
    assert path.stat().st_mode & 0o777 == 0o600


def test_half_a_line_left_by_a_crash_does_not_spoil_the_next(path: Path) -> None:
    path.write_text(entry(1).line() + entry(2).line()[:20])
    spill = Spill(path)
    spill.append([entry(3)])
    assert replayed(spill) == [1, 3]


def test_a_replay_that_fails_goes_on_where_it_stopped(path: Path) -> None:
    spill = Spill(path)
    spill.append([entry(number) for number in range(2 * CHUNK)])
    seen: list[int] = []

    def fail_at_the_second(entries: list[Entry]) -> None:
        if seen:
            raise OperationalError("insert", {}, Exception("gone again"))
        seen.extend(each.id for each in entries)

    with pytest.raises(OperationalError):
        spill.replay(fail_at_the_second, Event())
    assert spill.pending == CHUNK
    assert seen + replayed(spill) == list(range(2 * CHUNK))


def test_what_is_appended_at_the_very_end_of_a_replay_is_replayed_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spill = Spill(path)
    spill.append([entry(1)])
    late = [entry(2)]
    read: Callable[[], tuple[list[bytes], int]] = spill._read

    def read_then_append() -> tuple[list[bytes], int]:
        lines, end = read()
        if not lines and late:
            spill.append([late.pop()])
        return lines, end

    monkeypatch.setattr(spill, "_read", read_then_append)
    assert replayed(spill) == [1, 2]


def test_a_damaged_line_is_set_aside_and_the_rest_goes_on(path: Path) -> None:
    path.write_bytes(entry(1).line().encode() + b"\xff{damaged\n" + entry(3).line().encode())
    assert replayed(Spill(path)) == [1, 3]
    assert path.with_suffix(".unreadable").read_bytes() == b"\xff{damaged\n"


def test_a_full_disk_leaves_no_half_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spill = Spill(path)
    spill.append([entry(1)])
    write = os.write

    def write_some_then_fail(file: int, data: bytes) -> int:
        if len(data) <= 10:
            raise OSError(28, "No space left on device")
        return write(file, data[: len(data) - 10])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_some_then_fail)
        with pytest.raises(OSError, match="No space"):
            spill.append([entry(2)])
    spill.append([entry(3)])
    assert replayed(spill) == [1, 3]


def test_stopping_leaves_the_rest_for_later(path: Path) -> None:
    spill = Spill(path)
    spill.append([entry(1)])
    stop = Event()
    stop.set()
    spill.replay(lambda _entries: pytest.fail("was told to stop"), stop)
    assert spill.pending == 1
