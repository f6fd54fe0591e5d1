"""k. Buttons of phones where they are no use, and listeners when the caller is handed on."""

import pytest

from tests.e2e.house import House
from tests.e2e.people import all_hear
from tests.e2e.refer import joins_both_calls
from tests.e2e.supervising import supervise
from tests.e2e.test_k_three import three
from tests.e2e.test_k_transfers import connected, second_line, second_line_to, segments_are_right


@pytest.fixture
async def house(own_house: House) -> House:
    """Ann and Ben have other callers in other files at the same time."""
    return own_house


async def test_a_caller_cannot_hand_on_the_agent(house: House) -> None:
    ann, ben, caller, call = await connected(house)
    target = f"sip:{ben.extension}@127.0.0.1:{house.settings.sip_port}"
    await caller.phone.command("transfer", target)
    refused = await caller.phone.wait_event("TRANSFER_FAILED", timeout_s=10)
    assert refused.detail == "603 Decline"
    await ann.is_hung_up()  # it is this phone that gives up, with a BYE of its own
    await house.state(ann, "available")
    await segments_are_right(house, call, "k_ann")
    assert (await house.journal.tells("conversation.ended", call=call)).ended_by == "caller"
    assert house.journal.facts("call.transferred", call=call) == []
    assert [fact.agent for fact in house.journal.facts("offer.made")] == ["k_ann"]


async def test_who_listens_does_not_follow_a_caller_who_is_handed_on(house: House) -> None:
    ann, ben, caller, call = await connected(house)
    (sue,) = await house.people("k_sue")
    await supervise(house, sue, ann, house.pin(sue))
    await all_hear((sue, [ann, caller]))
    await second_line(ann, f"*2{ben.extension}")
    await sue.is_hung_up()
    await ben.rings()
    await ben.picks_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    assert sue.sound.lacks(ben.tone_hz), sue.describe(ann, ben, caller)
    await house.journal.tells("supervision.ended", call=call, supervisor="k_sue")
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann", "k_ben")


async def test_who_listens_hears_neither_the_consultation_nor_the_new_agent(house: House) -> None:
    ann, ben, caller, call = await connected(house)
    (sue,) = await house.people("k_sue")
    await supervise(house, sue, ann, house.pin(sue))
    await all_hear((sue, [ann, caller]))
    await second_line_to(ann, ben)
    await all_hear((ben, [ann]), (ann, [ben]), (sue, [caller]))
    await ann.hangs_up()
    await sue.is_hung_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    assert sue.sound.lacks(ben.tone_hz), sue.describe(ann, ben, caller)
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann", "k_ben")


async def test_who_got_a_caller_out_of_a_talk_of_three_joins_by_the_phones_button(
    house: House,
) -> None:
    ann, ben, caller, call = await three(house)
    await ann.hangs_up()
    await house.state(ann, "available")
    await all_hear((caller, [ben]), (ben, [caller]))
    await second_line_to(ben, ann)
    await all_hear((ben, [ann]), (ann, [ben]))
    await joins_both_calls(house, ben, f"*3{ann.extension}")
    await all_hear((caller, [ann]), (ann, [caller]))
    await house.state(ben, "available")
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann", "k_ben", "k_ann")
