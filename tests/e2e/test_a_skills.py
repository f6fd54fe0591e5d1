"""a. Callers reach the agent who has the skill, also when another has been idle for longer."""

import asyncio

from tests.e2e.house import House
from tests.e2e.people import all_hear


async def test_two_choices_lead_to_the_two_agents_who_have_the_skill(house: House) -> None:
    # Bert logs in first: he has been idle for longer when somebody asks for sales.
    bert, anna = await house.agents("a_bert", "a_anna")
    first, second = await house.people("a_caller_1", "a_caller_2")

    await first.dials("6100")
    await first.presses("1")
    await anna.rings()
    await anna.picks_up()

    await second.dials("6100")
    await second.presses("2")
    await bert.rings()
    await bert.picks_up()

    await all_hear((first, [anna]), (anna, [first]), (second, [bert]), (bert, [second]))
    await asyncio.gather(first.hangs_up(), second.hangs_up())

    for caller, agent in ((first, anna), (second, bert)):
        call = await house.call_of(caller)
        left = await house.journal.tells("queue.left", call=call)
        assert (left.outcome, left.agent) == ("answered", agent.key)
        offers = house.journal.facts("offer.made", call=call)
        assert [offer.agent for offer in offers] == [agent.key], "nobody else was rung"


async def test_a_caller_waits_for_the_skill_rather_than_take_whoever_is_free(house: House) -> None:
    _, anna = await house.agents("a_bert", "a_anna")
    first, second = await house.people("a_caller_1", "a_caller_2")

    await first.dials("6100")
    await first.presses("1")
    await anna.rings()
    await anna.picks_up()
    await second.dials("6100")
    await second.presses("1")
    waiting = await house.call_of(second)
    await house.journal.tells("queue.entered", call=waiting)
    await second.hears_something()

    await first.hangs_up()
    await anna.is_hung_up()
    await anna.rings()
    await anna.picks_up()
    await all_hear((second, [anna]), (anna, [second]))
    await anna.hangs_up()
    offers = house.journal.facts("offer.made", call=waiting)
    assert [offer.agent for offer in offers] == ["a_anna"], "Bert, free all the time, was not rung"
    assert house.journal.state_of("a_bert") == "available"

    talked = await house.call_of(first)
    await house.in_queue_log(talked, "ENTERQUEUE", "CONNECT", "COMPLETECALLER")
    lines = await house.in_queue_log(waiting, "ENTERQUEUE", "CONNECT", "COMPLETEAGENT")
    left = await house.journal.tells("queue.left", call=waiting)
    began = await house.journal.tells("conversation.started", call=waiting)
    assert lines[1].split("|")[2:7] == [
        left.queue,
        "a_anna",
        "CONNECT",
        str(round(left.wait_s)),
        began.channel,
    ]
