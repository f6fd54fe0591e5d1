"""The command line, as somebody at another terminal uses it."""

import asyncio
import json
import os
import sys
from collections.abc import Iterable
from typing import Any

from ivr.provision.instance import settings_environment
from tests.e2e.house import House

LIMIT_S = 60


async def ivr(house: House, known: Iterable[str], *words: str) -> Any:
    """What the command says as JSON. It is told these settings of the instance, and no more."""
    settings = settings_environment(house.settings)
    told = {f"IVR_{name}": settings[f"IVR_{name}"] for name in known}
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ivr", *words, "--format", "json"],
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | told,
    )
    async with asyncio.timeout(LIMIT_S):
        output, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(output)
