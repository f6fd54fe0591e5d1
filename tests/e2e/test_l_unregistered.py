"""l. A phone unregisters while it rings: the caller hears music on, and the next agent rings."""

from benchmarks.sip import SipSocket
from tests.e2e.house import House
from tests.e2e.people import all_hear

SOON_S = 2.0
"""Far less than the queue's ring time of 30 s: nobody waits for a phone that is gone."""


async def test_the_next_agent_gets_the_call_at_the_same_place(house: House) -> None:
    cat, dan = await house.agents("l_cat", "l_dan")
    (caller,) = await house.people("l_caller_3")
    await caller.dials("6560")
    await caller.presses("2")
    await cat.rings()  # idle for longer than Dan
    call = await house.call_of(caller)
    entered = await house.journal.tells("queue.entered", call=call)

    other_end = SipSocket(
        (house.settings.sip_bind, house.settings.sip_port), 9, lambda call: call.refuse("480 Gone")
    )
    await other_end.open()
    await other_end.unregister(cat.extension, house.stack.secrets.sip[cat.extension])
    other_end.close()
    await dan.rings(within_s=SOON_S)
    await dan.picks_up()
    await all_hear((caller, [dan]), (dan, [caller]))

    assert len(house.journal.facts("queue.entered", call=call)) == 1, "never out of line"
    left = await house.journal.tells("queue.left", call=call)
    assert (left.outcome, left.agent) == ("answered", "l_dan")
    accepted = await house.journal.tells("offer.ended", call=call, outcome="accepted")
    assert abs(left.wait_s - (accepted.at - entered.entered_at)) < 0.1, "waited from the beginning"
    (lost,) = house.journal.facts("offer.ended", call=call, agent="l_cat")
    assert lost.outcome == "failed"
    await caller.hangs_up()
    assert caller.longest_silence_s <= 1.0, caller.describe(cat, dan)
    await dan.is_hung_up()
    await house.no_channel_of(cat, dan, caller)
