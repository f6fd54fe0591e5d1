"""The file system of the recordings is full for a while."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr.settings import Settings
from tests.chaos.fault import Fault, Scene

SIZE_MB = 16
FULL_S = 8.0


@contextmanager
def small_disk(settings: Settings) -> Iterator[None]:
    """Of its own, below the recordings; only this namespace sees it."""
    settings.recordings_dir.mkdir(parents=True)
    where = str(settings.recordings_dir)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "none", where], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", where], check=True)


def _filler(scene: Scene) -> Path:
    return scene.house.settings.recordings_dir / "filler"


async def strike(scene: Scene) -> None:
    try:
        with _filler(scene).open("wb", buffering=0) as out:
            while True:
                out.write(bytes(4096))
    except OSError:
        await asyncio.sleep(FULL_S)


async def mend(scene: Scene) -> None:
    _filler(scene).unlink()


FAULT = Fault(
    f"recordings' disk full for {FULL_S:g} s",
    strike,
    mend,
    spoils_recordings="must",
    apart=True,
    around=small_disk,
)
