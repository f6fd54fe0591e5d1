"""The server is killed; whoever runs it starts it again."""

from tests.chaos.fault import Fault, Scene


async def strike(scene: Scene) -> None:
    await scene.house.stack.server.kill()


async def mend(scene: Scene) -> None:
    await scene.house.stack.server.start()


FAULT = Fault("server killed (SIGKILL), started again", strike, mend)
