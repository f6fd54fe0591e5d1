"""k. An agent hands the caller on: by code, after a word, by parking; each segment counts alone."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.e2e.house import House
from tests.e2e.people import Person, all_hear
from tests.e2e.refer import joins_both_calls

NUMBER = "6580"
SECOND_DESK = "4951"


async def connected(house: House) -> tuple[Person, Person, Person, str]:
    """The caller talks to Ann; Ben is free."""
    ann, ben = await house.agents("k_ann", "k_ben")
    (caller,) = await house.people("k_caller")
    call = await house.calls_an_agent(caller, NUMBER, ann)
    return ann, ben, caller, call


async def second_line(agent: Person, code: str, answered_by: Person | None = None) -> None:
    """The phone puts the caller on hold and dials."""
    await agent.puts_on_hold()
    if answered_by is None:
        await agent.dials(code)
    else:
        await asyncio.gather(agent.dials(code), _answers(answered_by))


async def _answers(target: Person) -> None:
    await target.rings()
    await target.picks_up()


async def segments_are_right(house: House, call: str, *agents: str) -> None:
    """Each agent's talk and recording, in this order, each verified by length."""
    for agent in agents:
        await house.journal.tells("conversation.ended", call=call, agent=agent)
    talks = house.journal.facts("conversation.started", call=call)
    assert [fact.agent for fact in talks] == list(agents)
    for started in house.journal.facts("recording.started", call=call):
        finished = await house.journal.tells("recording.finished", recording=started.recording)
        assert finished.result == "ok", str(finished)
    recorded = [fact.agent for fact in house.journal.facts("recording.started", call=call)]
    assert recorded == list(agents)


@pytest.mark.parametrize("target", ["1952", SECOND_DESK])
async def test_blind_to_an_agent_or_to_a_queue(house: House, target: str) -> None:
    ann, ben, caller, call = await connected(house)
    await second_line(ann, f"*2{target}")
    await ben.rings()
    await caller.hears_something()
    await ben.picks_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    await ben.hangs_up()
    await caller.is_hung_up()
    await segments_are_right(house, call, "k_ann", "k_ben")
    moved = await house.journal.tells("call.transferred", call=call)
    assert (moved.agent, moved.kind) == ("k_ann", "blind")
    ended = await house.journal.tells("call.ended", call=call)
    assert ended.result != "hangup"  # what follows the queue was walked to its end
    assert house.journal.facts("node.entered", call=call, node="after")


async def test_blind_by_the_phones_own_button(house: House) -> None:
    ann, ben, caller, call = await connected(house)
    await ann.phone.command("transfer", f"sip:{ben.extension}@127.0.0.1:{house.settings.sip_port}")
    await ben.rings()
    await caller.hears_something()
    await ben.picks_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    await ben.hangs_up()
    await caller.is_hung_up()
    await segments_are_right(house, call, "k_ann", "k_ben")
    await house.journal.tells("call.ended", call=call)
    assert len(house.journal.facts("call.ended", call=call)) == 1
    assert house.journal.facts("node.entered", call=call, node="after")


async def test_blind_to_a_phone(house: House) -> None:
    ann, _ben, caller, call = await connected(house)
    (door,) = await house.people("k_door")
    await second_line(ann, f"*2{door.extension}")
    await door.rings()
    await door.picks_up()
    await all_hear((caller, [door]), (door, [caller]))
    await door.hangs_up()
    await caller.is_hung_up()
    assert (await house.journal.tells("dial.ended", call=call)).outcome == "answered"


async def test_who_refuses_gives_the_caller_back_to_the_line(house: House) -> None:
    ann, ben, caller, call = await connected(house)
    await second_line(ann, f"*2{ben.extension}")
    await ben.rings()
    await ben.phone.hangup()
    back = await house.journal.tells("queue.entered", call=call, kept="transfer")
    first = await house.journal.tells("queue.entered", call=call)
    assert (back.queue, back.entered_at) == (first.queue, first.entered_at)
    await house.state(ben, "available")
    await caller.hangs_up()


async def test_a_wrong_target_is_told_and_the_caller_stays(house: House) -> None:
    ann, _ben, caller, _call = await connected(house)
    await second_line(ann, "*27777")
    await ann.is_hung_up()
    await ann.takes_back()
    await all_hear((caller, [ann]))
    await caller.hangs_up()


async def test_after_a_word_with_the_target_the_caller_is_theirs(house: House) -> None:
    ann, ben, caller, call = await connected(house)
    await second_line_to(ann, ben)
    await all_hear((ben, [ann]), (ann, [ben]))
    assert caller.sound.part(caller.sound.seconds - 1).lacks(ben.tone_hz)
    await ann.hangs_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann", "k_ben")
    assert (await house.journal.tells("call.transferred", call=call)).kind == "attended"


async def test_a_key_leads_back_to_the_caller(house: House) -> None:
    ann, ben, caller, call = await connected(house)
    await second_line_to(ann, ben)
    await all_hear((ben, [ann]))
    await ann.presses("*")
    await ben.is_hung_up()
    await ann.is_hung_up()
    await house.state(ben, "available")
    await ann.takes_back()
    await all_hear((caller, [ann]))
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann")


async def second_line_to(agent: Person, target: Person) -> None:
    await second_line(agent, f"*3{target.extension}")
    await target.rings()
    await target.picks_up()


async def test_parked_and_retrieved(house: House) -> None:
    ann, ben, caller, call = await connected(house)
    await second_line(ann, "*8")
    slot = (await house.journal.tells("call.parked", call=call)).slot
    await caller.hears_something()
    await ben.dials(f"*8{slot}")
    await ben.is_hung_up()
    await ben.rings()
    await ben.picks_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann", "k_ben")
    assert (await house.journal.tells("call.unparked", call=call)).by == "k_ben"


async def test_consulted_by_code_and_joined_by_the_phones_own_button(house: House) -> None:
    ann, ben, caller, call = await connected(house)
    await second_line_to(ann, ben)
    await all_hear((ben, [ann]), (ann, [ben]))
    await joins_both_calls(house, ann, f"*3{ben.extension}")
    await all_hear((caller, [ben]), (ben, [caller]))
    await house.state(ann, "available")
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann", "k_ben")
    moved = await house.journal.tells("call.transferred", call=call)
    assert (moved.kind, moved.to) == ("attended", "k_ben")


async def test_called_past_the_server_and_joined_by_the_phones_own_button(house: House) -> None:
    ann, ben, caller, call = await connected(house)
    await second_line(ann, ben.extension, answered_by=ben)
    await all_hear((ben, [ann]), (ann, [ben]))
    await joins_both_calls(house, ann, ben.extension)
    await all_hear((caller, [ben]), (ben, [caller]))
    await house.state(ann, "available")
    await ben.hangs_up()
    await caller.is_hung_up()
    await segments_are_right(house, call, "k_ann")
    moved = await house.journal.tells("call.transferred", call=call)
    assert (moved.kind, moved.target, moved.to) == ("attended", "number", ben.extension)
    assert (await house.journal.tells("dial.ended", call=call)).outcome == "answered"
    assert house.journal.facts("node.entered", call=call, node="after")


async def parked(house: House, ann: Person, _ben: Person, call: str) -> None:
    await second_line(ann, "*8")
    await house.journal.tells("call.parked", call=call)


async def ringing(_house: House, ann: Person, ben: Person, _call: str) -> None:
    await second_line(ann, f"*2{ben.extension}")
    await ben.rings()


Stage = Callable[[House, Person, Person, str], Awaitable[None]]


@pytest.mark.timeout(90)
@pytest.mark.parametrize("stage", [parked, ringing])
async def test_a_killed_server_forgets_no_handover(own_house: House, stage: Stage) -> None:
    house = own_house
    ann, ben, caller, call = await connected(house)
    await stage(house, ann, ben, call)
    await house.stack.server.kill()
    await house.stack.server.start()
    resumed = await house.journal.tells("call.resumed", call=call)
    assert resumed.state == "transferring"
    await follow_up(house, ann, ben, stage, call)
    await all_hear((caller, [ben]), (ben, [caller]))
    await caller.hangs_up()


async def follow_up(house: House, _ann: Person, ben: Person, stage: Stage, call: str) -> None:
    """Who is parked is asked for; whoever rings picks up."""
    slot = {fact.slot for fact in house.journal.facts("call.parked", call=call)}
    for number in slot:
        await ben.dials(f"*8{number}")
        await ben.is_hung_up()
    await ben.rings()
    await ben.picks_up()


@pytest.mark.timeout(90)
async def test_a_server_killed_during_a_consultation_leaves_the_caller_with_the_first_agent(
    own_house: House,
) -> None:
    house = own_house
    ann, ben, caller, call = await connected(house)
    await second_line_to(ann, ben)
    await all_hear((ben, [ann]), (ann, [ben]))
    await house.stack.server.kill()
    await house.stack.server.start()
    await ben.hangs_up()
    await ann.is_hung_up()
    await ann.takes_back()
    await all_hear((caller, [ann]))
    await caller.hangs_up()
    ended = await house.journal.tells("conversation.ended", call=call)
    assert ended.agent == "k_ann"
