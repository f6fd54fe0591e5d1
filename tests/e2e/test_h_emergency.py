"""h. The server is down: the emergency script serves the caller."""

import pytest

from tests.e2e.house import House
from tests.e2e.people import all_hear
from tests.e2e.sip import Trunk

NUMBER = "6800"


@pytest.mark.timeout(120)
async def test_a_caller_is_served_without_the_server(own_house: House) -> None:
    house = own_house
    (wes,) = await house.people("h_wes")
    (caller,) = await house.people("h_caller")
    announcement = await house.speech("This is the emergency announcement.")
    await caller.dials("6500")
    await caller.hears_something()
    await house.stack.server.kill()
    await caller.hears_said(announcement, within_s=25)  # whoever was in a menu is served, too
    await wes.rings()
    await caller.hangs_up()
    await wes.is_hung_up()

    await caller.dials(NUMBER)
    await caller.hears_said(announcement, within_s=15)
    await wes.rings()
    await caller.hears_something()
    await wes.picks_up()
    await all_hear((caller, [wes]), (wes, [caller]))
    await caller.hangs_up()
    await wes.is_hung_up()
    await house.no_channel_of(caller, wes)

    # The script, too, takes a caller's name for what it is.
    canary = house.settings.state_dir / "canary"
    async with Trunk(house.settings) as trunk:
        call = await trunk.call(NUMBER, name=b"$(touch %s) \xff`id`" % bytes(canary))
        assert call.status == 200
        await wes.rings(within_s=15)
        await call.hang_up()
        await wes.is_hung_up()
    assert not canary.exists()

    await house.stack.server.start()
    await caller.dials(NUMBER)
    await caller.hears_said(await house.speech("The server is up."))
    await caller.is_hung_up()
