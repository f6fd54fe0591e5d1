"""o. A flow is called, the server dies in it, and the call still comes back with what it found."""

import pytest

from tests.e2e.house import House
from tests.e2e.waiting import eventually

NUMBER = "6995"
ASKED = "In order to pay your bill with us now, please press 1."
SORRY = "Nothing has been paid, we are sorry for that."


@pytest.mark.timeout(120)
async def test_a_called_flow_comes_back_after_the_server_died_in_it(own_house: House) -> None:
    house = own_house
    (caller,) = await house.people("o_caller")
    await caller.dials(NUMBER)
    call = await house.call_of(caller)
    asked = await house.speech(ASKED)
    await caller.hears_said(asked)
    heard_s = caller.sound.seconds
    await house.stack.server.kill()
    await house.stack.server.start()
    await house.journal.tells("call.resumed", call=call)
    await eventually(
        lambda: caller.sound.part(heard_s).place_of(asked) is not None,
        15.0,
        lambda: f"asked again\n{caller.describe()}",
    )
    await caller.presses("1")
    await caller.hears_said(await house.speech("Thank you, your receipt has the number"))
    await caller.hears_said(await house.speech("seventy-seven"))
    await caller.is_hung_up()
    assert caller.sound.place_of(await house.speech(SORRY)) is None
    left = [
        (one.flow, one.node, one.outcome) for one in house.journal.facts("node.left", call=call)
    ]
    assert ("subflow", "payment", "results:paid") in left
