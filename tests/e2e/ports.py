"""Blocks of ports, each for one process only, so that test runs live side by side."""

import fcntl
import tempfile
from pathlib import Path
from typing import IO

from ivr.provision.softphone import PORTS as PORTS_PER_PHONE

FIRST_PORT = 10000
BLOCK = 400
BLOCKS = 25
"""Up to port 20000; above it lie RTP and what the kernel gives out."""
_FOR_SERVERS = 20


class PortBlock:
    """A block nobody else has while this object lives: first servers' ports, then phones'."""

    def __init__(self) -> None:
        self._lock, number = _take_block()
        self._first = FIRST_PORT + number * BLOCK
        self._servers = 0
        self._phones = 0

    def for_server(self) -> int:
        """A port not given out before."""
        if self._servers == _FOR_SERVERS:
            raise RuntimeError(f"more than {_FOR_SERVERS} server ports wanted")
        self._servers += 1
        return self._first + self._servers - 1

    def for_phone(self) -> int:
        """The local port of the next phone; in a circle, so that one just left rests longest."""
        slot = self._phones % ((BLOCK - _FOR_SERVERS) // PORTS_PER_PHONE)
        self._phones += 1
        return self._first + _FOR_SERVERS + slot * PORTS_PER_PHONE

    def release(self) -> None:
        self._lock.close()


def _take_block() -> tuple[IO[str], int]:
    directory = Path(tempfile.gettempdir()) / "ivr-e2e-ports"
    directory.mkdir(exist_ok=True)
    for number in range(BLOCKS):
        handle = (directory / f"{number}.lock").open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
        else:
            return handle, number
    raise RuntimeError(f"all {BLOCKS} blocks of ports are in use; see {directory}")
