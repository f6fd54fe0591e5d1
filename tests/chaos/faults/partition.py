"""Nothing passes between server and Asterisk, and neither is told: the network between them."""

import asyncio

from tests.chaos.fault import Fault, Scene

LASTS_S = 8.0


async def strike(scene: Scene) -> None:
    scene.network.part((scene.proxy.port, scene.house.settings.agi_port))
    await asyncio.sleep(LASTS_S)


async def mend(scene: Scene) -> None:
    scene.network.heal()


FAULT = Fault(
    f"server and Asterisk cut off from each other for {LASTS_S:g} s", strike, mend, apart=True
)
