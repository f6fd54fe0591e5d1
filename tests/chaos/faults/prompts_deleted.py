"""Somebody deletes every prompt that was spoken; the server is started again to speak them anew."""

import shutil

from tests.chaos.fault import Fault, Scene


async def strike(scene: Scene) -> None:
    shutil.rmtree(scene.house.settings.prompts_dir)


async def mend(scene: Scene) -> None:
    await scene.house.stack.server.stop()
    await scene.house.stack.server.start()


FAULT = Fault("every prompt deleted, server started again", strike, mend)
