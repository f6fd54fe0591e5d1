"""k. An agent sends the caller on to a colleague in a call: the caller waits for that one."""

from tests.e2e.house import House
from tests.e2e.people import all_hear
from tests.e2e.test_k_transfers import NUMBER, second_line, segments_are_right


async def test_a_caller_waits_for_the_busy_colleague_they_were_sent_to(house: House) -> None:
    (sue,) = await house.agents("k_sue")
    caller, other = await house.people("k_caller", "k_other")
    await house.calls_an_agent(other, NUMBER, sue)
    (ann,) = await house.agents("k_ann")
    call = await house.calls_an_agent(caller, NUMBER, ann)

    await second_line(ann, f"*2{sue.extension}")
    waits = await house.journal.tells("queue.entered", call=call, kept="transfer")
    first = await house.journal.tells("queue.entered", call=call)
    assert waits.entered_at == first.entered_at
    await ann.is_hung_up()
    await house.state(ann, "available")
    await caller.hears_only()  # music, though Ann is free and able

    await other.hangs_up()
    await sue.is_hung_up()
    await sue.rings()
    await sue.picks_up()
    await all_hear((caller, [sue]), (sue, [caller]))
    await sue.hangs_up()
    await caller.is_hung_up()
    await segments_are_right(house, call, "k_ann", "k_sue")
    offered = [one.agent for one in house.journal.facts("offer.made", call=call)]
    assert offered == ["k_ann", "k_sue"]
    moved = await house.journal.tells("call.transferred", call=call)
    assert (moved.kind, moved.target, moved.to) == ("blind", "agent", "k_sue")
