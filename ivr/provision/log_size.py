"""A log that another program writes is kept small: what it holds moves to `NAME.1`.

The program has it open and goes on writing, at its new end: so the file is emptied, never renamed.
"""

import asyncio
import contextlib
import os
import shutil
from pathlib import Path

BYTES_MAX = 20_000_000
LOOK_S = 2.0


def turn_over(log: Path, bytes_max: int = BYTES_MAX) -> bool:
    """Whether it was too long. Must be open for appending; a line written meanwhile may be lost."""
    if not log.exists() or log.stat().st_size <= bytes_max:
        return False
    shutil.copy(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)
    return True


async def keep_small(log: Path, bytes_max: int = BYTES_MAX, look_s: float = LOOK_S) -> None:
    """Until cancelled; what the disk refuses is tried again."""
    while True:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(turn_over, log, bytes_max)
        await asyncio.sleep(look_s)
