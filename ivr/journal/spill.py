"""The file that keeps events while the database does not: JSON lines, replayed later.

Used from two threads (the event loop's and the database's), hence the lock; it is never held
while the disk is waited for.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Lock

import structlog

from ivr.journal.entry import Entry, UnreadableEntryError, entry_from_line

_log = structlog.get_logger("ivr.journal")

CHUNK = 1000
"""Events handed over at once in a replay."""


class Spill:
    """Grows by `append`, is emptied by `replay`; the file is gone when nothing is pending."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._file: int | None = None
        self._size = 0
        self._replayed_to = 0
        self._pending = 0
        self._unsynced = False
        if path.exists():
            self._adopt()

    @property
    def pending(self) -> int:
        """Events not yet in the database."""
        return self._pending

    @property
    def empty(self) -> bool:
        return self._size == 0

    @property
    def unsynced(self) -> bool:
        """True while something appended is not yet known to be on the disk."""
        return self._unsynced

    def append(self, entries: Sequence[Entry]) -> None:
        """Adds them whole or not at all; OSError when the disk refuses."""
        data = "".join(entry.line() for entry in entries).encode("ascii")
        with self._lock:
            file = self._open()
            try:
                _write_whole(file, data)
            except OSError:
                os.ftruncate(file, self._size)
                raise
            self._size += len(data)
            self._pending += len(entries)
            self._unsynced = True

    def sync(self) -> None:
        """Waits until all that was appended is on the disk."""
        with self._lock:
            if self._file is None:
                self._unsynced = False
                return
            # A duplicate, because a replay may close the file meanwhile.
            file = os.dup(self._file)
            self._unsynced = False
        try:
            os.fsync(file)
        finally:
            os.close(file)

    def replay(self, sink: Callable[[list[Entry]], None], stop: Event) -> None:
        """Hands all entries to `sink` in order, then removes the file.

        Whatever `sink` raises ends it; the next replay goes on after the last chunk taken.
        """
        while not stop.is_set():
            lines, end = self._read()
            if not lines:
                if self._remove_if_done():
                    return
                continue
            entries = [entry for line in lines if (entry := self._parse(line))]
            if entries:
                sink(entries)
            with self._lock:
                self._replayed_to = end
                self._pending -= len(lines)

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _open(self) -> int:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY
            self._file = os.open(self._path, flags, 0o600)
        return self._file

    def _adopt(self) -> None:
        """Takes over what an earlier process left; a line cut short by its death is cut off."""
        content = self._path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            _log.warning("spill file ends in half a line", lost=content[whole:][:80])
            os.truncate(self._path, whole)
        self._size = whole
        self._pending = content.count(b"\n")
        if whole == 0:
            self._path.unlink()

    def _read(self) -> tuple[list[bytes], int]:
        """Up to CHUNK lines after what is replayed, and where they end."""
        with self._lock:
            start, size = self._replayed_to, self._size
        if start >= size:
            return [], start
        lines: list[bytes] = []
        with self._path.open("rb") as file:
            file.seek(start)
            while len(lines) < CHUNK and start < size:
                line = file.readline()
                start += len(line)
                lines.append(line)
        return lines, start

    def _remove_if_done(self) -> bool:
        with self._lock:
            if self._replayed_to < self._size:
                return False
            if self._file is not None:
                os.close(self._file)
                self._file = None
            self._path.unlink(missing_ok=True)
            self._size = self._replayed_to = self._pending = 0
            self._unsynced = False
            return True

    def _parse(self, line: bytes) -> Entry | None:
        """The entry; an unreadable line is set aside, so that it does not hold up the rest."""
        try:
            return entry_from_line(line.decode("utf-8", "backslashreplace"))
        except UnreadableEntryError as error:
            aside = self._path.with_suffix(".unreadable")
            with aside.open("ab") as file:
                file.write(line)
            _log.error("spill line set aside", file=str(aside), reason=str(error))
            return None


def _write_whole(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
