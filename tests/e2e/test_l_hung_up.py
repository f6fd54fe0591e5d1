"""l. The agent answers and the caller hangs up in the same instant: the agent is not stuck."""

import asyncio

from tests.e2e.house import House
from tests.e2e.people import all_hear


async def test_the_agent_is_free_again_and_serves_the_next(house: House) -> None:
    (gus,) = await house.agents("l_gus")
    first, second = await house.people("l_caller_5", "l_caller_6")
    await first.dials("6560")
    await first.presses("4")
    await gus.rings()
    await asyncio.gather(gus.answers(), first.phone.hangup())
    await asyncio.gather(first.is_hung_up(), gus.is_hung_up())
    call = await house.call_of(first)
    await house.journal.tells("call.ended", call=call)
    await house.state(gus, "available")
    await house.no_channel_of(gus, first)
    assert len(house.journal.facts("queue.left", call=call)) == 1
    assert len(house.journal.facts("offer.ended", call=call)) == 1

    await second.dials("6560")
    await second.presses("4")
    await gus.rings()
    await gus.picks_up()
    await all_hear((second, [gus]), (gus, [second]))
    await second.hangs_up()
