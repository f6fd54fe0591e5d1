"""k. A caller sent to an agent who talks to somebody waits for them, at the place they had."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivr.service.transfers import WAITS
from tests.e2e.house import House
from tests.e2e.people import Person, all_hear
from tests.e2e.test_k_transfers import NUMBER, SECOND_DESK, second_line, segments_are_right


async def ben_is_busy(house: House) -> tuple[Person, Person, Person]:
    """Ben has another caller, whom Ann sent to him; Ann is free again."""
    ann, ben = await house.agents("k_ann", "k_ben")
    (other,) = await house.people("k_other")
    await house.calls_an_agent(other, NUMBER, ann)
    await second_line(ann, f"*2{ben.extension}")
    await ben.rings()
    await ben.picks_up()
    await all_hear((other, [ben]), (ben, [other]))
    await ann.is_hung_up()
    await house.state(ann, "available")
    return ann, ben, other


async def by_code(house: House, ann: Person, ben: Person) -> None:
    said = await house.speech(WAITS.text)
    await second_line(ann, f"*2{ben.extension}")
    await ann.hears_said(said)


async def by_button(house: House, ann: Person, ben: Person) -> None:
    await ann.phone.command("transfer", f"sip:{ben.extension}@127.0.0.1:{house.settings.sip_port}")


async def waits_for(house: House, call: str, agent: Person) -> None:
    """In line with the old time of entry, for this agent alone."""
    back = await house.journal.tells("queue.entered", call=call, kept="transfer")
    first = house.journal.facts("queue.entered", call=call)[0]
    assert (back.entered_at, back.wanted) == (first.entered_at, agent.key)


@pytest.mark.timeout(90)
@pytest.mark.parametrize("sends", [by_code, by_button])
async def test_the_caller_waits_until_that_agent_is_free(
    house: House, sends: Callable[[House, Person, Person], Awaitable[None]]
) -> None:
    ann, ben, other = await ben_is_busy(house)
    (caller,) = await house.people("k_caller")
    call = await house.calls_an_agent(caller, NUMBER, ann)
    await sends(house, ann, ben)
    await waits_for(house, call, ben)
    await house.state(ann, "available")
    await caller.hears_something()
    await all_hear((other, [ben]), (ben, [other]))
    await other.hangs_up()
    await ben.rings()
    await ben.picks_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann", "k_ben")
    offers = house.journal.facts("offer.made", call=call)
    assert [one.agent for one in offers] == ["k_ann", "k_ben"]
    assert offers[-1].reason == "the call was sent to this agent"
    assert (await house.journal.tells("call.transferred", call=call)).to == "k_ben"


@pytest.mark.timeout(90)
async def test_after_the_patience_the_caller_is_everybodys_in_that_line(house: House) -> None:
    ann, ben, other = await ben_is_busy(house)
    await second_line(ben, f"*2{SECOND_DESK}")  # now the other caller stands in Ben's own line
    await ben.is_hung_up()
    await ben.rings()
    await ben.picks_up()
    await all_hear((other, [ben]), (ben, [other]))
    (caller,) = await house.people("k_caller")
    await house.calls_an_agent(caller, NUMBER, ann)
    call = await house.call_of(other)

    await second_line(ben, f"*2{ann.extension}")
    back = await house.journal.tells("queue.entered", call=call, wanted="k_ann")
    assert back.queue == "k_second"
    await ben.is_hung_up()
    await ben.rings()
    again = await house.journal.tells("offer.made", call=call, after=back.id)
    assert (again.agent, again.at - back.entered_at > 3.0) == ("k_ben", True)
    assert again.at - back.at > 2.9
    await ben.picks_up()
    await all_hear((other, [ben]), (ben, [other]), (caller, [ann]), (ann, [caller]))
    await asyncio.gather(caller.hangs_up(), other.hangs_up())


@pytest.mark.timeout(120)
async def test_a_killed_server_knows_for_whom_the_caller_waits(own_house: House) -> None:
    house = own_house
    ann, ben, other = await ben_is_busy(house)
    (caller,) = await house.people("k_caller")
    call = await house.calls_an_agent(caller, NUMBER, ann)
    await by_code(house, ann, ben)
    await waits_for(house, call, ben)
    await ann.is_hung_up()
    await house.stack.server.kill()
    await house.stack.server.start()
    back = await house.journal.tells("queue.entered", call=call, resumed=True)
    assert (back.wanted, back.kept) == ("k_ben", "transfer")
    await house.state(ann, "available")
    await all_hear((other, [ben]), (ben, [other]))
    await other.hangs_up()
    await ben.rings()
    await ben.picks_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    assert [one.agent for one in house.journal.facts("offer.made", call=call)] == [
        "k_ann",
        "k_ben",
    ]
    await caller.hangs_up()
