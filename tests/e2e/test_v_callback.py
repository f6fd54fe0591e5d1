"""v. Who asks to be called back keeps the place; only a customer who confirms gets an agent."""

import pytest

from tests.e2e.callbacks import (
    asks_to_be_called,
    goes_home,
    starts_work,
    takes_the_call,
    talk_and_part,
    waits,
)
from tests.e2e.house import House

AGENT_FIRST, CUSTOMER_FIRST = "6510", "6520"


@pytest.mark.timeout(90)
async def test_a_call_back_keeps_the_place_in_line(house: House) -> None:
    (ken,) = await house.people("v_ken")
    first, second = await house.people("v_caller_1", "v_caller_2")
    called = await asks_to_be_called(house, first, AGENT_FIRST)
    waiting = await waits(house, second, AGENT_FIRST)

    await starts_work(ken)
    await ken.rings()
    await ken.picks_up()
    await takes_the_call(house, first, called)
    await talk_and_part(first, ken)
    await ken.rings()
    await ken.picks_up()
    await talk_and_part(second, ken)
    await goes_home(house, ken)

    assert len(house.journal.facts("queue.entered", call=called)) == 1
    outcomes = [left.outcome for left in house.journal.facts("queue.left", call=called)]
    assert outcomes == ["callback"]
    await house.journal.tells("callback.ended", call=called, result="completed")
    assert len(house.journal.facts("call.ended", call=called)) == 1
    first_offers = [house.journal.facts("offer.made", call=one)[0].id for one in (called, waiting)]
    assert first_offers == sorted(first_offers)


@pytest.mark.timeout(120)
async def test_an_answering_machine_eats_no_agent(house: House) -> None:
    (ken,) = await house.people("v_ken")
    machine, second = await house.people("v_caller_1", "v_caller_2")
    called = await asks_to_be_called(house, machine, AGENT_FIRST)
    await waits(house, second, AGENT_FIRST)

    await starts_work(ken)
    await ken.rings()
    await ken.picks_up()
    await machine.rings()
    await machine.picks_up()
    await ken.is_hung_up(within_s=30)
    await house.journal.tells("callback.attempted", call=called, outcome="unconfirmed")
    await ken.rings()
    await ken.picks_up()
    await talk_and_part(second, ken)
    offers = house.journal.facts("offer.ended", call=called)
    assert [offer.outcome for offer in offers] == ["cancelled"]

    await ken.rings()
    await ken.picks_up()
    await takes_the_call(house, machine, called)
    await talk_and_part(machine, ken)
    await goes_home(house, ken)


@pytest.mark.timeout(90)
async def test_who_declines_is_not_called_again(house: House) -> None:
    (ken,) = await house.people("v_ken")
    (first,) = await house.people("v_caller_1")
    called = await asks_to_be_called(house, first, AGENT_FIRST)
    await starts_work(ken)
    await ken.rings()
    await ken.picks_up()
    await first.rings()
    await first.picks_up()
    await first.hears_something()
    await first.presses("2")
    await house.journal.tells("callback.ended", call=called, result="declined")
    await ken.is_hung_up()
    await first.is_hung_up()
    await house.state(ken, "available")
    await house.journal.tells("call.ended", call=called)
    await goes_home(house, ken)


@pytest.mark.timeout(90)
async def test_customer_first_rings_the_agent_only_when_the_customer_is_there(
    house: House,
) -> None:
    (liv,) = await house.people("v_liv")
    (first,) = await house.people("v_caller_3")
    called = await asks_to_be_called(house, first, CUSTOMER_FIRST)
    await starts_work(liv)
    await first.rings()
    await house.state(liv, "reserved")
    await first.picks_up()
    await first.hears_something()
    await first.presses("1")
    await liv.rings()
    await first.hears_something()
    await liv.picks_up()
    await talk_and_part(first, liv)
    await house.journal.tells("callback.ended", call=called, result="completed")
