"""Writes `queue_log` while the server runs: a thread of its own, and a buffer that is bounded.

Nobody waits for it. While the disk refuses, lines wait in the buffer; what does not fit is counted.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event as Signal
from threading import Thread

import structlog

from ivr.journal.queue_log import QueueLog
from ivr.model.events import Event

_log = structlog.get_logger("ivr.queue_log")
LINES_MAX = 10_000
BATCH = 1000
RETRY_S = 1.0
CLOSE_S = 5.0


class QueueLogFile:
    """A recorder: `record` neither waits nor raises. The file may be moved away at any time."""

    def __init__(self, path: Path, queues_of: Callable[[str], Sequence[str]]) -> None:
        self._path = path
        self._lines = QueueLog(queues_of)
        self._buffer: Queue[str] = Queue(LINES_MAX)
        self._closing = Signal()
        self._thread = Thread(target=self._run, name="queue-log", daemon=True)
        self.failing = False
        """The disk refused the last time."""
        self.lost = 0
        """Lines for which there was no room."""

    def start(self) -> None:
        self._thread.start()

    def record(self, event: Event) -> None:
        for line in self._lines.lines(event):
            try:
                self._buffer.put_nowait(line + "\n")
            except Full:
                self.lost += 1

    def close(self) -> None:
        """Writes what is left; what the disk refuses now is lost."""
        self._closing.set()
        with suppress(Full):  # whoever is full needs no waking
            self._buffer.put_nowait("")
        if self._thread.ident is not None:
            self._thread.join(CLOSE_S)

    def _run(self) -> None:
        batch: list[str] = []
        while True:
            batch = batch or self._take()
            if batch and self._write("".join(batch).encode("utf-8", "replace")):
                batch = []
            elif self._closing.is_set():
                self.lost += len(batch)
                if self.lost:
                    _log.error("queue_log: lines lost", lost=self.lost)
                return
            elif batch:
                self._closing.wait(RETRY_S)

    def _take(self) -> list[str]:
        """What is in the buffer; waits a moment for the first line."""
        lines: list[str] = []
        try:
            lines.append(self._buffer.get(timeout=0 if self._closing.is_set() else RETRY_S))
            while len(lines) < BATCH:
                lines.append(self._buffer.get_nowait())
        except Empty:
            pass
        return [line for line in lines if line]

    def _write(self, data: bytes) -> bool:
        try:
            _append(self._path, data)
        except OSError as error:
            if not self.failing:
                _log.error("queue_log: cannot write", file=str(self._path), error=str(error))
            self.failing = True
            return False
        if self.failing:
            _log.info("queue_log: written again", lost=self.lost)
        self.failing = False
        return True


def _append(path: Path, data: bytes) -> None:
    """Whole or not at all; opened anew each time, so that the file can be rotated."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o640)
    try:
        size, left = os.fstat(file).st_size, data
        try:
            while left:
                left = left[os.write(file, left) :]
        except OSError:
            with suppress(OSError):  # the first error is the one to be told
                os.ftruncate(file, size)
            raise
    finally:
        os.close(file)
