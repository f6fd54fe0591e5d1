"""b. An agent who does not answer is paused, the next one gets the caller; never is it silent."""

from tests.e2e.house import House
from tests.e2e.people import all_hear

SILENCE_S_MAX = 1.0


async def test_the_second_agent_gets_the_caller_whom_the_first_left_ringing(house: House) -> None:
    ida, jon = await house.agents("b_ida", "b_jon")
    (caller,) = await house.people("b_caller")

    await caller.dials("6200")
    await ida.rings()  # idle for longer than Jon, and out for coffee
    await jon.rings()
    await ida.is_hung_up()
    await jon.picks_up()
    await all_hear((caller, [jon]), (jon, [caller]))

    call = await house.call_of(caller)
    first, second = house.journal.facts("offer.made", call=call)
    assert [first.agent, second.agent] == ["b_ida", "b_jon"]
    missed = await house.journal.tells("offer.ended", offer=first.offer)
    assert missed.outcome == "no_answer"
    assert 3.5 <= missed.ring_s <= 5.5, "Ida's phone rang for the queue's 4 seconds"
    change = house.journal.facts("agent.changed", agent="b_ida")[-1]
    assert (change.after, change.reason) == ("paused", "rona")

    await caller.hangs_up()
    assert caller.longest_silence_s <= SILENCE_S_MAX, caller.describe(jon)
    await house.state(jon, "available")


async def test_an_agent_paused_by_rona_is_not_rung_until_ready(house: House) -> None:
    ida, jon = await house.agents("b_ida", "b_jon")
    (caller,) = await house.people("b_caller")
    await caller.dials("6200")
    await ida.rings()
    await jon.rings()
    await jon.picks_up()
    await ida.is_hung_up()
    await caller.hangs_up()
    await jon.is_hung_up()
    await jon.dials("*121")
    await house.state(jon, "paused")
    await jon.is_hung_up()

    await caller.dials("6200")
    call = await house.call_of(caller)
    await house.journal.tells("queue.entered", call=call)
    await caller.hears_something()
    assert house.journal.facts("offer.made", call=call) == [], "both are paused"
    await ida.dials("*13")
    await ida.is_hung_up()
    await ida.rings()
    await ida.picks_up()
    await all_hear((caller, [ida]), (ida, [caller]))
    await caller.hangs_up()
