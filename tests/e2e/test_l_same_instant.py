"""l. Two agents pick up in the same instant: one has the caller, the other is free again."""

import asyncio

from tests.e2e.house import House


async def test_of_two_who_pick_up_at_once_one_has_the_caller(house: House) -> None:
    amy, bob = await house.agents("l_amy", "l_bob")
    (caller,) = await house.people("l_caller_1")
    await caller.dials("6560")
    await caller.presses("1")
    await asyncio.gather(amy.rings(), bob.rings())
    await asyncio.gather(amy.answers(), bob.answers())

    call = await house.call_of(caller)
    accepted = await house.journal.tells("offer.ended", call=call, outcome="accepted")
    served, spared = (amy, bob) if accepted.agent == amy.key else (bob, amy)
    await spared.is_hung_up()
    await house.state(spared, "available")
    await caller.hears_only(served)
    outcomes = [one.outcome for one in house.journal.facts("offer.ended", call=call)]
    assert sorted(outcomes) == ["accepted", "cancelled"]
    await caller.hangs_up()
    await served.is_hung_up()
    assert caller.longest_silence_s <= 1.0, caller.describe(amy, bob)
    await house.state(served, "available")
    await house.no_channel_of(amy, bob, caller)
