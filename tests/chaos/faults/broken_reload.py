"""A reload is asked for while the flow has a mistake, and while the site does."""

import asyncio
import os
import sys

from ivr.provision.instance import settings_environment
from tests.chaos.fault import Fault, Scene, nothing


async def strike(scene: Scene) -> None:
    dialplans = scene.house.settings.dialplans
    for name in ("front.yaml", "site.yaml"):
        whole = (dialplans / name).read_text("utf-8")
        (dialplans / name).write_text(
            whole.replace("desk", "nowhere", 1) + "\n  - broken: [", "utf-8"
        )
        assert await _reload(scene) != 0
        (dialplans / name).write_text(whole, "utf-8")


async def _reload(scene: Scene) -> int:
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ivr", "reload"],
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | settings_environment(scene.house.settings),
    )
    return await asyncio.wait_for(process.wait(), 30)


FAULT = Fault("reload with a broken flow, then with a broken site", strike, nothing)
