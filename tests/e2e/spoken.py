"""Prompts are spoken once for all instances under test.

Each would speak the same four hundred texts at its start, for longer than most scenarios take.
"""

import asyncio
import fcntl
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from ivr.flow.flow import Flow
from ivr.model.site import Site
from ivr.provision.rootfs import cache_dir
from ivr.service.texts import voiced
from ivr.speech.prompts import Prompts

POOL = "spoken-for-tests"


async def lend_prompts(site: Site, flows: Mapping[str, Flow], prompts: Path) -> None:
    """Puts into an instance's prompt cache what it would render itself.

    A file's name tells text, voice and format, so no instance takes another's for its own.
    """
    pool = cache_dir() / POOL
    wanted = voiced(site, flows)
    with await asyncio.to_thread(_locked, pool):
        spoken = Prompts(pool, sounds_dir=pool)
        await spoken.prepare(wanted)
    files = [Path(f"{spoken.path(text)}.wav") for text in wanted]
    await asyncio.to_thread(_copy, files, prompts)


def _locked(pool: Path) -> IO[str]:
    """The lock is held until the file is closed."""
    pool.mkdir(parents=True, exist_ok=True)
    lock = (pool / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _copy(files: list[Path], directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, directory / file.name)
