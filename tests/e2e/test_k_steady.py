"""k. A stream of callers who hang up wherever they please: at the end nothing is left over."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from benchmarks.sip import Dialog, Invitation, SipSocket
from tests.e2e.house import House
from tests.e2e.waiting import eventually

SEED = 20261124
NUMBERS = ("6720", "6730")
AGENTS = {"s_ada": "1721", "s_bea": "1722", "s_cyd": "1723"}
CALLERS = "2721"
CALLS = 40
EVERY_S = 0.6
STAYS_S = (0.2, 14.0)
"""From the greeting to well into a talk; whoever is served to the end is hung up on earlier."""
ANSWER_S = (0.2, 0.8)
TALK_S = (0.5, 3.0)
DISCARD = 9
"""Where audio is sent that nobody listens to."""


@dataclass
class Crowd:
    """Scripted callers and agents behind one socket."""

    house: House
    sip: SipSocket
    dice: random.Random
    tasks: set[asyncio.Task[None]]

    def invited(self, invitation: Invitation) -> None:
        task = asyncio.create_task(self._serves(invitation), name="agent")
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _serves(self, invitation: Invitation) -> None:
        invitation.ring()
        try:
            async with asyncio.timeout(self.dice.uniform(*ANSWER_S)):
                await invitation.cancelled.wait()
        except TimeoutError:
            await self.ends(invitation.answer(), self.dice.uniform(*TALK_S))

    async def calls(self, number: str, at_s: float, stays_s: float) -> None:
        await asyncio.sleep(at_s)
        dialog = await self.sip.dial(CALLERS, self.house.stack.secrets.sip[CALLERS], number)
        await self.ends(dialog, stays_s)

    async def ends(self, dialog: Dialog, after_s: float) -> None:
        """The call is over by then, whoever hangs up first."""
        try:
            async with asyncio.timeout(after_s):
                await dialog.ended.wait()
        except TimeoutError:
            await self.sip.hang_up(dialog)

    async def arrives(self) -> None:
        """Agents at their phones, logged in."""
        for extension in AGENTS.values():
            password = self.house.stack.secrets.sip[extension]
            await self.sip.register(extension, password)
            await self.ends(await self.sip.dial(extension, password, "*10"), 10.0)

    async def plays(self) -> None:
        plan = [
            (self.dice.choice(NUMBERS), EVERY_S * number, self.dice.uniform(*STAYS_S))
            for number in range(CALLS)
        ]
        await asyncio.gather(*(self.calls(*each) for each in plan))
        await asyncio.gather(*self.tasks)


async def crowd_of(house: House) -> Crowd:
    def invited(invitation: Invitation) -> None:
        crowd.invited(invitation)

    server = (house.settings.sip_bind, house.settings.sip_port)
    dice = random.Random(SEED)
    crowd = Crowd(house, SipSocket(server, DISCARD, invited), dice, set())
    await crowd.sip.open()
    return crowd


def told_once(house: House, begin: str, end: str, key: str) -> Sequence[str]:
    """What began has ended, each exactly once; their names."""
    began = sorted(getattr(fact, key) for fact in house.journal.facts(begin))
    ended = sorted(getattr(fact, key) for fact in house.journal.facts(end))
    assert began == ended, f"{begin} and {end} differ"
    assert len(set(began)) == len(began), f"{begin} twice for the same {key}"
    return began


@pytest.mark.timeout(120)
async def test_after_a_steady_stream_nothing_is_left_over(own_house: House) -> None:
    house = own_house
    crowd = await crowd_of(house)
    await crowd.arrives()
    for agent in AGENTS:
        await eventually(lambda a=agent: house.journal.state_of(a) == "available", 10.0, agent)
    await crowd.plays()
    crowd.sip.close()

    await eventually(
        lambda: len(house.journal.facts("call.ended")) == CALLS, 15.0, f"the end of {CALLS} calls"
    )
    for agent in AGENTS:
        await eventually(lambda a=agent: house.journal.state_of(a) == "available", 10.0, agent)
    assert len(told_once(house, "call.started", "call.ended", "call")) == CALLS
    entered = told_once(house, "queue.entered", "queue.left", "call")
    told_once(house, "offer.made", "offer.ended", "offer")
    talked = told_once(house, "conversation.started", "conversation.ended", "call")
    assert 0 < len(talked) < len(entered) < CALLS, "some hung up in the menu, some in line"

    channels = await house.stack.asterisk.cli("core show channels count")
    assert channels.startswith("0 active channels"), channels
    for gauge in ("calls_active", "queue_callers"):
        assert await house.metric(gauge) == 0, gauge
    for state in ("reserved", "ringing", "on_call", "wrap_up", "paused"):
        assert await house.metric("agents", state=state) == 0, state
    assert await house.metric("agents", state="available") == len(AGENTS)
    assert house.journal.facts("flow.failed") == []
    assert house.journal.facts("routing.violated") == []
