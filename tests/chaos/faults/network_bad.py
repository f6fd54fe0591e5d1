"""Packets of SIP and RTP are lost and late for a while; people go on talking."""

import asyncio

from tests.chaos.fault import Fault, Scene

LOSS, DELAY_S, LASTS_S = 0.05, 0.2, 15.0
PACKETS_MIN = 1000


async def strike(scene: Scene) -> None:
    scene.network.worsen(loss=LOSS, delay_s=DELAY_S)
    await asyncio.sleep(LASTS_S)
    await scene.people.goes_on_talking()
    assert scene.network.seen > PACKETS_MIN, "audio passes through the bad network"
    assert scene.network.lost > 0


async def mend(scene: Scene) -> None:
    scene.network.heal()


FAULT = Fault(
    f"{LOSS:.0%} of SIP and RTP lost, the rest {DELAY_S * 1000:.0f} ms late, for {LASTS_S:g} s",
    strike,
    mend,
    spoils_recordings="may",
    apart=True,
)
