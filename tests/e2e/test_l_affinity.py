"""l. Who calls again gets the agent they know, though somebody else is free and idle for longer."""

import pytest

from tests.e2e.house import House

NUMBER = "6560"


@pytest.mark.timeout(120)
async def test_who_calls_again_is_served_by_the_same_agent(house: House) -> None:
    kai, leo = await house.agents("l_kai", "l_leo")
    caller, other = await house.people("l_caller_3", "l_caller_4")
    await caller.dials(NUMBER)
    await caller.presses("7")
    await kai.rings()  # idle for longer
    await kai.picks_up()
    await caller.hears_only(kai)
    await caller.hangs_up()
    await kai.is_hung_up()
    await house.state(kai, "available")

    await other.dials(NUMBER)
    await other.presses("7")
    await leo.rings()  # a stranger to both gets who is idle for longest
    await leo.picks_up()
    await other.hears_only(leo)
    await caller.dials(NUMBER)
    await caller.presses("7")
    await kai.rings()
    await kai.picks_up()
    await caller.hears_only(kai)
    await caller.hangs_up()
    await kai.is_hung_up()
    await house.state(kai, "available")

    await other.hangs_up()
    await leo.is_hung_up()
    await house.state(leo, "available")  # by now Kai is idle for longer
    await other.dials(NUMBER)
    await other.presses("7")
    await leo.rings()
    await leo.picks_up()
    call = await house.call_of(other)
    offer = await house.journal.tells("offer.made", call=call)
    assert "wanted" in offer.reason
    await other.hangs_up()
