"""The manager connection stays open and nothing passes: a half-open connection, a full buffer."""

import asyncio

from tests.chaos.fault import Fault, Scene

STALLED_S = 8.0


async def strike(scene: Scene) -> None:
    scene.proxy.stall()
    await asyncio.sleep(STALLED_S)


async def mend(scene: Scene) -> None:
    scene.proxy.flow()


FAULT = Fault(f"manager connection stalled for {STALLED_S:g} s", strike, mend)
