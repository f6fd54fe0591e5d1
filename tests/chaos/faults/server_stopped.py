"""The server is asked to end, as for an upgrade, and started again."""

from tests.chaos.fault import Fault, Scene


async def strike(scene: Scene) -> None:
    await scene.house.stack.server.stop()


async def mend(scene: Scene) -> None:
    await scene.house.stack.server.start()


FAULT = Fault("server stopped (SIGTERM), started again", strike, mend)
