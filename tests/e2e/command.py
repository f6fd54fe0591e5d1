"""The command line against a running instance."""

import asyncio
import json
import os
import sys
from collections.abc import Iterable
from typing import Any

from ivr.provision.instance import settings_environment
from tests.e2e.house import House

WHERE = ("STATE_DIR", "BIND", "HTTP_PORT")
"""Where the server answers is enough for most commands."""


async def ivr(house: House, *words: str, known: Iterable[str] = WHERE, status: int = 0) -> Any:
    """What the command says as JSON, ending with this code. It is told these settings of the
    instance, and no more."""
    return json.loads(await ivr_text(house, *words, "--format", "json", known=known, status=status))


async def ivr_text(house: House, *words: str, known: Iterable[str] = WHERE, status: int = 0) -> str:
    """What the command prints."""
    settings = settings_environment(house.settings)
    told = {f"IVR_{name}": settings[f"IVR_{name}"] for name in known}
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ivr", *words],
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | told,
    )
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    assert process.returncode == status, output.decode()
    return output.decode()
