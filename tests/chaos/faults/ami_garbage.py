"""What the manager interface says is garbage for a moment: broken lines, no end, no text."""

import random

from tests.chaos.fault import Fault, Scene, nothing

SEED = 7
BYTES = 200_000


async def strike(scene: Scene) -> None:
    noise = random.Random(SEED).randbytes(BYTES)
    scene.proxy.say(b"Event: Hangup\r\nChannel\r\n\r\n\r\n:\r\n\r\n" + noise + b"\r\n\r\n")


FAULT = Fault(f"manager connection says {BYTES // 1000} kB of noise (seed {SEED})", strike, nothing)
