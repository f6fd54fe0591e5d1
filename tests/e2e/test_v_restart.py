"""v. A restart of the server loses no place: of a call-back, of one being dialled, of a redial."""

import pytest

from tests.e2e.callbacks import asks_to_be_called, starts_work, takes_the_call, talk_and_part, waits
from tests.e2e.house import House

AGENT_FIRST, REDIAL = "6510", "6530"


@pytest.mark.timeout(180)
async def test_places_outlive_the_server(own_house: House) -> None:
    house = own_house
    ken, mel = await house.people("v_ken", "v_mel")
    customer, dropped, between = await house.people("v_caller_1", "v_caller_4", "v_caller_5")
    called = await asks_to_be_called(house, customer, AGENT_FIRST)
    await waits(house, dropped, REDIAL)
    await dropped.hangs_up()
    await waits(house, between, REDIAL)

    await house.stack.server.kill()
    await house.stack.server.start()
    assert await house.metric("callbacks_pending", queue="v_agent") == 1
    again = await waits(house, dropped, REDIAL)
    assert (await house.journal.tells("queue.entered", call=again)).kept == "redial"
    await starts_work(mel)
    await mel.rings()
    await mel.picks_up()
    await talk_and_part(dropped, mel)

    await starts_work(ken)
    await ken.rings()
    await ken.picks_up()
    await customer.rings()
    await house.stack.server.kill()
    await house.stack.server.start()
    await customer.is_hung_up()
    await ken.is_hung_up()
    assert await house.metric("callbacks_pending", queue="v_agent") == 1
    await ken.rings()
    await ken.picks_up()
    await takes_the_call(house, customer, called)
    await talk_and_part(customer, ken)
    await house.journal.tells("call.ended", call=called)
    outcomes = [left.outcome for left in house.journal.facts("queue.left", call=called)]
    assert outcomes == ["callback"]
    assert len(house.journal.facts("queue.entered", call=called)) == 1
