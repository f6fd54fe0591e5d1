"""The connection to Asterisk's manager interface is reset."""

from tests.chaos.fault import Fault, Scene, nothing


async def strike(scene: Scene) -> None:
    scene.proxy.cut()


FAULT = Fault("manager connection reset", strike, nothing)
