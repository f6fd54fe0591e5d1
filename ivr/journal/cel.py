"""Asterisk's record of channel events: a file of JSON lines that is kept from growing.

Asterisk opens the file anew for each event, so it can be moved away at any time. At most
`FILES_MAX` files of little more than `BYTES_MAX` are kept: at 4 kB for a call, 130,000 calls.
"""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import structlog

from ivr.kpi.seen import ChannelEvent

BYTES_MAX = 64 * 1024 * 1024
FILES_MAX = 8
"""The one being written among them."""
LOOK_S = 300.0

log = structlog.get_logger(__name__)


class CelReader:
    """Reads the whole record, oldest first. `unreadable` counts lines that are none of it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.unreadable = 0

    def events(self, begin: float, end: float) -> Iterator[ChannelEvent]:
        """Those from `begin` on and before `end`."""
        for file in [*moved_away(self._file), self._file]:
            if file.exists() and file.stat().st_mtime >= begin:
                with file.open(encoding="utf-8", errors="replace") as lines:
                    for line in lines:
                        event = self._event(line)
                        if event is not None and begin <= event.at < end:
                            yield event

    def begins_at(self) -> float | None:
        """When the first event happened; None: there is none."""
        return next((one.at for one in self.events(0.0, float("inf"))), None)

    def _event(self, line: str) -> ChannelEvent | None:
        try:
            event = event_of(line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.unreadable += 1
            return None
        return event


def event_of(line: str) -> ChannelEvent:
    """One line as Asterisk writes it; ValueError, KeyError, TypeError for any other."""
    said = json.loads(line)
    extra = said["eventextra"]
    return ChannelEvent(
        kind=str(said["eventtype"]),
        at=float(said["eventtime"]),
        channel=str(said["uniqueid"]),
        name=str(said["channame"]),
        context=str(said["context"]),
        exten=str(said["exten"]),
        bridge=str(json.loads(extra).get("bridge_id", "")) if extra else "",
    )


def moved_away(file: Path) -> list[Path]:
    """Earlier files of the record, oldest first: their names hold the time."""
    return sorted(file.parent.glob(f"{file.name}.*"))


def rotate(file: Path) -> bool:
    """Moves the file away when it has grown, and removes the oldest; whether it did."""
    if not file.exists() or file.stat().st_size < BYTES_MAX:
        return False
    stamp = datetime.fromtimestamp(file.stat().st_mtime, UTC).strftime("%Y%m%d-%H%M%S-%f")
    file.rename(file.with_name(f"{file.name}.{stamp}"))
    for old in moved_away(file)[: -(FILES_MAX - 1)]:
        old.unlink(missing_ok=True)
    return True


async def keep_small(file: Path) -> None:
    """Until cancelled; what the disk refuses is tried again."""
    while True:
        try:
            await asyncio.to_thread(rotate, file)
        except OSError as error:
            log.warning("Asterisk's record of channels not moved", error=str(error))
        await asyncio.sleep(LOOK_S)
