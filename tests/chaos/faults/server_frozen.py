"""The server stands still for a while: a machine that swaps, a virtual one that is moved."""

import asyncio
import signal

from tests.chaos.fault import Fault, Scene, nothing

FROZEN_S = 5.0


async def strike(scene: Scene) -> None:
    process = scene.house.stack.server.process
    process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(FROZEN_S)
    process.send_signal(signal.SIGCONT)


FAULT = Fault(f"server stands still for {FROZEN_S:g} s (SIGSTOP, SIGCONT)", strike, nothing)
