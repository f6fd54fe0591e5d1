"""The command line against a running instance."""

import asyncio
import json
import os
import sys
from typing import Any

from ivr.provision.instance import settings_environment
from tests.e2e.house import House


async def ivr(house: House, *words: str) -> Any:
    """What the command says as JSON. It is told where the server answers, and no more."""
    return json.loads(await ivr_text(house, *words, "--format", "json"))


async def ivr_text(house: House, *words: str) -> str:
    """What the command prints."""
    settings = settings_environment(house.settings)
    known = {f"IVR_{name}": settings[f"IVR_{name}"] for name in ("STATE_DIR", "BIND", "HTTP_PORT")}
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ivr", *words],
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | known,
    )
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()
