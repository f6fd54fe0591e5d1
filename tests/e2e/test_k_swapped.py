"""k. A phone's own transfer puts no caller into what its second line had dialled by code."""

import pytest

from tests.e2e.house import House
from tests.e2e.people import Person, all_hear
from tests.e2e.refer import joins_both_calls
from tests.e2e.supervising import supervise
from tests.e2e.test_k_transfers import NUMBER, connected, second_line, segments_are_right


async def spying(house: House) -> tuple[Person, Person, Person, Person, str]:
    """Sue talks to a caller, and supervises Ann with another one on her second line."""
    (ann,) = await house.agents("k_ann")
    caller, other = await house.people("k_caller", "k_other")
    await house.calls_an_agent(other, NUMBER, ann)
    (sue,) = await house.agents("k_sue")
    call = await house.calls_an_agent(caller, NUMBER, sue)
    await sue.puts_on_hold()
    await supervise(house, sue, ann, house.pin(sue))
    await all_hear((sue, [ann, other]))
    return ann, sue, caller, other, call


async def test_a_supervisor_cannot_hand_a_caller_what_they_listen_to(house: House) -> None:
    ann, sue, caller, other, call = await spying(house)
    await joins_both_calls(house, sue, f"*15{ann.extension}")
    await house.journal.tells("call.resumed", call=call, state="transferring")
    await caller.hears_something()
    await sue.rings()
    await sue.picks_up()
    await all_hear((caller, [sue]), (sue, [caller]), (ann, [other]), (other, [ann]))
    for stranger in (ann, other):
        assert caller.sound.lacks(stranger.tone_hz), caller.describe(ann, other, sue)
    await house.journal.tells("supervision.ended", supervisor="k_sue")
    assert house.journal.facts("call.ended", call=call) == []
    first, again = house.journal.facts("queue.entered", call=call)
    assert (again.queue, again.entered_at, again.kept) == (
        first.queue,
        first.entered_at,
        "transfer",
    )
    await caller.hangs_up()
    await other.hangs_up()
    await segments_are_right(house, call, "k_sue", "k_sue")
    assert len(house.journal.facts("call.ended", call=call)) == 1


@pytest.mark.timeout(90)
async def test_not_even_while_the_server_is_away(own_house: House) -> None:
    house = own_house
    ann, sue, caller, other, call = await spying(house)
    await house.stack.server.kill()
    await joins_both_calls(house, sue, f"*15{ann.extension}")
    await caller.hears_something()
    await house.stack.server.start()
    await sue.rings()
    await sue.picks_up()
    await all_hear((caller, [sue]), (sue, [caller]))
    for stranger in (ann, other):
        assert caller.sound.lacks(stranger.tone_hz), caller.describe(ann, other, sue)
    again = house.journal.facts("queue.entered", call=call)[-1]
    first = house.journal.facts("queue.entered", call=call)[0]
    assert (again.entered_at, again.kept) == (first.entered_at, "transfer")
    await caller.hangs_up()


@pytest.mark.parametrize("code", ["*3", ""], ids=["consulted", "called directly"])
async def test_whom_the_second_line_rings_gets_the_caller_when_they_answer(
    house: House, code: str
) -> None:
    ann, ben, caller, call = await connected(house)
    await ann.puts_on_hold()
    await ann.starts_dialling(f"{code}{ben.extension}")
    await ben.rings()
    await joins_both_calls(house, ann, f"{code}{ben.extension}")
    await house.journal.tells("call.resumed", call=call, state="transferring")
    await ben.rings()
    await ben.picks_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann", "k_ben")
    assert len(house.journal.facts("call.ended", call=call)) == 1


@pytest.mark.parametrize(("code", "ordered_on"), [("*12", 1), ("*87", 2)])
async def test_any_other_code_gives_the_caller_the_place_in_line_back(
    house: House, code: str, ordered_on: int
) -> None:
    ann, _ben, caller, call = await connected(house)
    await second_line(ann, code)
    await joins_both_calls(house, ann, code, ordered_on)
    await ann.rings()
    await ann.picks_up()
    await all_hear((caller, [ann]), (ann, [caller]))
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann", "k_ann")
