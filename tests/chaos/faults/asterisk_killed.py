"""Asterisk is killed, and with it every call; it is started again and who waited calls again."""

from tests.chaos.fault import Fault, Scene


async def strike(scene: Scene) -> None:
    await scene.house.stack.asterisk.kill()


async def mend(scene: Scene) -> None:
    await scene.house.stack.asterisk.start()


FAULT = Fault("Asterisk killed (SIGKILL), started again", strike, mend, ends_audio=True)
