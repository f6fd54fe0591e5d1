"""l. An agent refuses a call: the next one rings, and the refusal means what the queue says."""

from tests.e2e.house import House
from tests.e2e.people import all_hear


async def test_the_next_agent_rings_and_the_first_is_paused_as_configured(house: House) -> None:
    eli, fox = await house.agents("l_eli", "l_fox")
    (caller,) = await house.people("l_caller_4")
    await caller.dials("6560")
    await caller.presses("3")
    await eli.rings()  # idle for longer than Fox
    await eli.hangs_up()  # 486, as a phone's Reject key sends it
    await fox.rings(within_s=2.0)
    await fox.picks_up()
    await all_hear((caller, [fox]), (fox, [caller]))

    call = await house.call_of(caller)
    made = house.journal.facts("offer.made", call=call)
    assert [offer.agent for offer in made] == ["l_eli", "l_fox"]
    (refused,) = house.journal.facts("offer.ended", call=call, agent="l_eli")
    assert refused.outcome == "busy"
    change = house.journal.facts("agent.changed", agent="l_eli")[-1]
    assert (change.after, change.reason) == ("paused", "busy")
    await caller.hangs_up()
    assert caller.longest_silence_s <= 1.0, caller.describe(eli, fox)
    await fox.is_hung_up()
    await eli.dials("*13")
    await eli.is_hung_up()
    await house.state(eli, "available")
