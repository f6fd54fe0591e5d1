"""Storage: what recordings take, and what room is left where the server writes."""

import asyncio
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import structlog
from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge
from ivr.model.events import Event, RecordingFinished

RECOUNT_S = 300.0
"""Between two looks at the files themselves."""

log = structlog.get_logger(__name__)

RECORDINGS = Spec(
    "recordings_storage_bytes",
    "gauge",
    (),
    "Size of the recordings' files: counted on the disk at the start and every five minutes; "
    "recordings finished since are added.",
)
FREE = Spec(
    "storage_free_bytes",
    "gauge",
    ("directory",),
    "Room left for the server on the file system that holds the directory (state, recordings).",
)
SIZE = Spec(
    "storage_size_bytes",
    "gauge",
    ("directory",),
    "Size of the file system that holds the directory.",
)


class StorageTopic(Topic):
    """`watch` names the directories, `keep_counting` looks at the recordings' files."""

    specs = (RECORDINGS, FREE, SIZE)

    def __init__(self, setup: Setup) -> None:
        self._recordings = setup.gauge(RECORDINGS)
        self._directories: Mapping[str, Path] = {}

    def watch(self, directories: Mapping[str, Path]) -> None:
        """Directories by the value of their label."""
        self._directories = directories

    async def keep_counting(self, recordings: Path) -> None:
        """Until cancelled."""
        while True:
            self._recordings.of().set(await asyncio.to_thread(size_of, recordings))
            await asyncio.sleep(RECOUNT_S)

    def record(self, event: Event) -> None:
        if isinstance(event, RecordingFinished):
            self._recordings.of().inc(event.bytes)

    def collect(self) -> Iterable[Metric]:
        free: dict[tuple[str], float] = {}
        size: dict[tuple[str], float] = {}
        for name, directory in self._directories.items():
            try:
                disk = os.statvfs(directory)
            except OSError as error:
                log.warning("storage not readable", directory=name, error=str(error))
                continue
            free[name,] = disk.f_bavail * disk.f_frsize
            size[name,] = disk.f_blocks * disk.f_frsize
        yield live_gauge(FREE, free)
        yield live_gauge(SIZE, size)


def size_of(directory: Path) -> int:
    """Bytes of the files right inside; one that goes meanwhile counts as nothing."""
    total = 0
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                try:
                    total += entry.stat(follow_symlinks=False).st_size
                except OSError:
                    continue
    except OSError as error:
        log.warning("storage not readable", directory=str(directory), error=str(error))
    return total
