"""The manager interface takes no connection for a while."""

import asyncio

from tests.chaos.fault import Fault, Scene

AWAY_S = 5.0


async def strike(scene: Scene) -> None:
    scene.proxy.refuse()
    await asyncio.sleep(AWAY_S)


async def mend(scene: Scene) -> None:
    scene.proxy.flow()


FAULT = Fault(f"manager interface away for {AWAY_S:g} s", strike, mend)
