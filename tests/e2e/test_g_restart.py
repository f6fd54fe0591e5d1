"""g. Asterisk ends under the server: it reconnects, settles what was lost, and takes calls."""

import asyncio

import pytest

from tests.e2e.house import House

NUMBER = "6700"
FOUND_S = 10.0
"""By itself Asterisk asks phones whether they are there only after up to 30 s."""


@pytest.mark.timeout(180)
@pytest.mark.parametrize("end", ["crashes", "is stopped"])
async def test_nobody_is_stuck_after_asterisk(own_house: House, end: str) -> None:
    house = own_house
    (val,) = await house.agents("g_val")
    talker, waiter = await house.people("g_caller_1", "g_caller_2")
    talking = await house.calls_an_agent(talker, NUMBER, val)
    await waiter.dials(NUMBER)
    waiting = await house.call_of(waiter)
    await house.journal.tells("queue.entered", call=waiting)

    asterisk = house.stack.asterisk
    before = house.journal.newest_id()
    await (asterisk.kill() if end == "crashes" else asterisk.stop())
    for call in (talking, waiting):
        await house.journal.tells("call.ended", call=call)
    await house.journal.tells("ami.lost", after=before)
    assert (await house.journal.tells("queue.left", call=waiting)).outcome == "abandoned"
    await house.journal.tells("conversation.ended", call=talking)
    finished = await house.journal.tells("recording.finished", call=talking)
    assert finished.seconds > 1
    await asterisk.start()
    await house.journal.tells("ami.connected", after=before, limit_s=20)

    if end == "crashes":  # nobody told the phones
        await asyncio.gather(*(person.hangs_up() for person in (val, talker, waiter)))
    else:
        await asyncio.gather(*(person.is_hung_up() for person in (val, talker, waiter)))
    await house.log_in(val)
    assert await house.metric("ami_connected") == 1
    assert await house.metric("queue_callers", queue="g_desk") == 0
    assert await house.metric("calls_active") == 0
    await house.calls_an_agent(waiter, NUMBER, val, within_s=FOUND_S)
    await waiter.hangs_up()
    await val.is_hung_up()
    await house.state(val, "available")
