"""o. A flow is called, the server dies in it, and the call still comes back with what it found."""

import pytest

from ivr.spoken import WORDINGS
from tests.e2e.house import House

NUMBER = "6995"
SORRY = "Nothing has been paid, we are sorry for that."


@pytest.mark.timeout(120)
async def test_a_called_flow_comes_back_after_the_server_died_in_it(own_house: House) -> None:
    house = own_house
    (caller,) = await house.people("o_caller")
    await caller.dials(NUMBER)
    call = await house.call_of(caller)
    await house.journal.tells("queue.entered", call=call)
    await house.stack.server.kill()
    await house.stack.server.start()
    await house.journal.tells("queue.entered", call=call, resumed=True)
    await caller.presses("9")  # means nothing there; from now on it is listened to
    told = WORDINGS["en"].told_position(1)
    await caller.hears_said(await house.speech(told), within_s=20)
    await caller.presses("1")
    await caller.hears_said(await house.speech("Thank you, your receipt has the number"))
    await caller.hears_said(await house.speech("seventy-seven"))
    await caller.is_hung_up()
    assert caller.sound.place_of(await house.speech(SORRY)) is None
    left = [
        (one.flow, one.node, one.outcome) for one in house.journal.facts("node.left", call=call)
    ]
    assert ("subflow", "payment", "results:paid") in left
