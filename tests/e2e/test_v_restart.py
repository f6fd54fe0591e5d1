"""v. A restart of the server loses no place: of a call-back, of one being dialled, of a redial, of
whoever was given priority."""

import asyncio

import pytest

from tests.e2e.callbacks import (
    asks_to_be_called,
    is_ready,
    starts_work,
    takes_the_call,
    talk_and_part,
    waits,
)
from tests.e2e.command import WHERE, ivr_text
from tests.e2e.house import House
from tests.e2e.people import all_hear

AGENT_FIRST, CUSTOMER_FIRST, REDIAL, BRIEFED = "6510", "6520", "6530", "6980"
JOURNALLED = (*WHERE, "JOURNAL")


@pytest.mark.timeout(180)
async def test_places_outlive_the_server(own_house: House) -> None:
    house = own_house
    ken, mel = await house.people("v_ken", "v_mel")
    customer, dropped = await house.people("v_caller_1", "v_caller_4")
    between, urgent = await house.people("v_caller_5", "v_caller_3")
    called = await asks_to_be_called(house, customer, AGENT_FIRST)
    await waits(house, dropped, REDIAL)
    await dropped.hangs_up()
    await waits(house, between, REDIAL)
    await ivr_text(house, "prioritise", await waits(house, urgent, REDIAL), "10", known=JOURNALLED)

    await house.stack.server.kill()
    await house.stack.server.start()
    assert await house.metric("callbacks_pending", queue="v_agent") == 1
    again = await waits(house, dropped, REDIAL)
    assert (await house.journal.tells("queue.entered", call=again)).kept == "redial"
    await starts_work(mel)
    for caller in (urgent, dropped):
        await mel.rings()
        await mel.picks_up()
        await talk_and_part(caller, mel)
        await house.state(mel, "wrap_up")
        if caller is urgent:
            await is_ready(mel)

    await starts_work(ken)
    await ken.rings()
    await ken.picks_up()
    await customer.rings()
    await house.stack.server.kill()
    await house.stack.server.start()
    await customer.is_hung_up()
    await ken.is_hung_up()
    assert await house.metric("callbacks_pending", queue="v_agent") == 1
    assert await house.metric("agents", state="wrap_up") == 1, "mel has not said ready"
    await ken.rings()
    await ken.picks_up()
    await takes_the_call(house, customer, called)
    await talk_and_part(customer, ken)
    await house.journal.tells("call.ended", call=called)
    outcomes = [left.outcome for left in house.journal.facts("queue.left", call=called)]
    assert outcomes == ["callback"]
    assert len(house.journal.facts("queue.entered", call=called)) == 1


@pytest.mark.timeout(180)
async def test_killed_while_agents_ring_for_call_backs(own_house: House) -> None:
    """Ken's customer is not called yet; Liv's has confirmed, and comes back as a call-back."""
    house = own_house
    ken, liv = await house.people("v_ken", "v_liv")
    later, there = await house.people("v_caller_1", "v_caller_3")
    to_call = await asks_to_be_called(house, later, AGENT_FIRST)
    confirmed = await asks_to_be_called(house, there, CUSTOMER_FIRST)
    await starts_work(liv)
    await takes_the_call(house, there, confirmed)
    await starts_work(ken)
    await asyncio.gather(liv.rings(), ken.rings())
    await house.stack.server.kill()
    await house.stack.server.start()
    await there.hears_something()
    await liv.rings()
    await liv.picks_up()
    await talk_and_part(there, liv)
    await ken.rings()
    await ken.picks_up()
    await takes_the_call(house, later, to_call)
    await talk_and_part(later, ken)
    for call in (to_call, confirmed):
        ended = await house.journal.tells("callback.ended", call=call)
        assert (ended.result, ended.attempts) == ("completed", 1)
        await house.journal.tells("call.ended", call=call)
        assert len(house.journal.facts("queue.entered", call=call)) == 1
        outcomes = [left.outcome for left in house.journal.facts("queue.left", call=call)]
        assert outcomes == ["callback"]
        assert len(house.journal.facts("callback.attempted", call=call)) == 1
    await house.journal.tells("call.resumed", call=confirmed, state="waiting")


@pytest.mark.timeout(90)
async def test_killed_while_the_customer_rings(own_house: House) -> None:
    house = own_house
    (liv,) = await house.people("v_liv")
    (customer,) = await house.people("v_caller_3")
    call = await asks_to_be_called(house, customer, CUSTOMER_FIRST)
    await starts_work(liv)
    await customer.rings()
    await house.stack.server.kill()
    await house.stack.server.start()
    await customer.is_hung_up()
    await takes_the_call(house, customer, call)
    await liv.rings()
    await liv.picks_up()
    await talk_and_part(customer, liv)
    ended = await house.journal.tells("callback.ended", call=call)
    assert ended.result == "completed"
    await house.journal.tells("call.ended", call=call)
    assert len(house.journal.facts("queue.entered", call=call)) == 1


@pytest.mark.timeout(90)
async def test_killed_while_the_agent_is_told_who_it_is(own_house: House) -> None:
    """The caller keeps the place; only whoever presses the key after hearing it all is joined."""
    house = own_house
    (eva,) = await house.agents("w_eva")
    (caller,) = await house.people("w_caller_1")
    title = await house.speech("The desk whose agents are told")
    await caller.dials(BRIEFED)
    call = await house.call_of(caller)
    await eva.rings()
    await eva.picks_up()
    await eva.hears_said(title)
    await house.stack.server.kill()
    await house.stack.server.start()
    await eva.is_hung_up()
    await eva.rings()
    await eva.picks_up()
    await eva.hears_said(title)
    await eva.presses("5")
    await all_hear((caller, [eva]), (eva, [caller]))
    await caller.hangs_up()
    await eva.is_hung_up()
    first, again = house.journal.facts("queue.entered", call=call)
    assert (again.entered_at, again.resumed) == (first.entered_at, True)
    assert house.journal.facts("offer.ended", call=call)[0].outcome != "accepted"
