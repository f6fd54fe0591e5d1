"""l. Nobody has the skill that is asked for: after the step, somebody who has less of it rings."""

from tests.e2e.house import House
from tests.e2e.people import all_hear

STEP_S = 4.0


async def test_after_the_step_another_agent_rings(house: House) -> None:
    (hal,) = await house.agents("l_hal")
    (caller,) = await house.people("l_caller_7")
    await caller.dials("6560")
    await caller.presses("5")
    call = await house.call_of(caller)
    entered = await house.journal.tells("queue.entered", call=call)
    await caller.hears_something()
    assert house.journal.facts("offer.made", call=call) == [], "Hal is free, and no expert"

    await hal.rings()
    relaxed = await house.journal.tells("queue.relaxed", call=call)
    assert relaxed.step == 1
    assert "l_relaxed >= 2" in relaxed.skills
    (offer,) = house.journal.facts("offer.made", call=call)
    assert (offer.agent, offer.step) == ("l_hal", 1)
    assert STEP_S <= offer.at - entered.entered_at < STEP_S + 0.5
    await hal.picks_up()
    await all_hear((caller, [hal]), (hal, [caller]))
    await caller.hangs_up()
    assert caller.longest_silence_s <= 1.0, caller.describe(hal)
