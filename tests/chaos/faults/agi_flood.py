"""Hundreds connect to the FastAGI port and say nothing, or nonsense."""

import asyncio
import contextlib

from tests.chaos.fault import Fault, Scene, nothing

CONNECTIONS = 300
LASTS_S = 5.0


async def strike(scene: Scene) -> None:
    await asyncio.gather(*(_knock(scene, number) for number in range(CONNECTIONS)))


async def _knock(scene: Scene, number: int) -> None:
    settings = scene.house.settings
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection(settings.agi_host, settings.agi_port)
        if number % 2:
            writer.write(b"agi_request: x\n" * 1000)
        await asyncio.sleep(LASTS_S)
        writer.close()


FAULT = Fault(f"{CONNECTIONS} silent or nonsensical FastAGI connections", strike, nothing)
