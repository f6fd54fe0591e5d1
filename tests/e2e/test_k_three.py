"""k. Three in one talk: the agent brings the caller in while consulting, and anybody may leave."""

import pytest

from tests.e2e.house import House
from tests.e2e.people import Person, all_hear
from tests.e2e.supervising import supervise
from tests.e2e.test_k_transfers import connected, second_line, second_line_to, segments_are_right


@pytest.fixture
async def house(own_house: House) -> House:
    """Ann and Ben have other callers in other files at the same time: here they are in a house of
    their own."""
    return own_house


async def three(house: House) -> tuple[Person, Person, Person, str]:
    """Ann, Ben and the caller hear each other."""
    ann, ben, caller, call = await connected(house)
    await second_line_to(ann, ben)
    await all_hear((ben, [ann]), (ann, [ben]))
    await ann.presses("#")
    await everybody_hears(ann, ben, caller)
    return ann, ben, caller, call


async def everybody_hears(*people: Person) -> None:
    await all_hear(*((one, [other for other in people if other is not one]) for one in people))


async def test_the_agent_leaves_and_the_caller_is_the_targets(house: House) -> None:
    ann, ben, caller, call = await three(house)
    await ann.hangs_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    await house.state(ann, "available")
    assert house.journal.state_of("k_ben") == "on_call"
    await caller.hangs_up()
    await ben.is_hung_up()
    await segments_are_right(house, call, "k_ann", "k_ben")
    moved = await house.journal.tells("call.transferred", call=call)
    assert (moved.kind, moved.agent, moved.to) == ("conference", "k_ann", "k_ben")
    first = await house.journal.tells("conversation.ended", call=call, agent="k_ann")
    second = await house.journal.tells("conversation.ended", call=call, agent="k_ben")
    assert (first.ended_by, second.ended_by) == ("transfer", "caller")
    sounds = {
        fact.agent: house.recording(fact.recording)
        for fact in house.journal.facts("recording.started", call=call)
    }
    of_caller, of_others = sounds["k_ann"]
    tones = (ann.tone_hz, ben.tone_hz, caller.tone_hz)
    assert of_caller.holds(caller.tone_hz), of_caller.report(tones)
    for agent in (ann, ben):  # before: on hold
        assert of_others.part(of_others.seconds - 1).holds(agent.tone_hz), of_others.report(tones)
    of_caller, of_others = sounds["k_ben"]
    assert of_caller.holds(caller.tone_hz), of_caller.report(tones)
    assert of_others.holds(ben.tone_hz), of_others.report(tones)
    assert of_others.lacks(ann.tone_hz), of_others.report(tones)


async def test_the_target_leaves_and_the_agent_goes_on(house: House) -> None:
    ann, ben, caller, call = await three(house)
    await ben.hangs_up()
    await all_hear((caller, [ann]), (ann, [caller]))
    await house.state(ben, "available")
    assert house.journal.state_of("k_ann") == "on_call"
    await ann.hangs_up()
    await caller.is_hung_up()
    began = house.journal.facts("recording.started", call=call)
    for fact in began:
        finished = await house.journal.tells("recording.finished", recording=fact.recording)
        assert finished.result == "ok", str(finished)
    tones = (ann.tone_hz, ben.tone_hz, caller.tone_hz)
    (_, of_three), (_, of_ann) = (house.recording(fact.recording) for fact in began)
    assert of_three.part(of_three.seconds - 1).holds(ben.tone_hz), of_three.report(tones)
    assert of_ann.holds(ann.tone_hz), of_ann.report(tones)
    assert of_ann.lacks(ben.tone_hz), of_ann.report(tones)
    assert house.journal.facts("call.transferred", call=call) == []
    assert house.journal.facts("node.entered", call=call, node="after")


async def test_the_caller_leaves_and_both_agents_are_free(house: House) -> None:
    ann, ben, caller, call = await three(house)
    await caller.hangs_up()
    await ann.is_hung_up()
    await ben.is_hung_up()
    for agent in (ann, ben):
        await house.state(agent, "available")
    await segments_are_right(house, call, "k_ann")
    assert (await house.journal.tells("conversation.ended", call=call)).ended_by == "caller"
    assert len(house.journal.facts("call.ended", call=call)) == 1


async def test_a_key_takes_the_target_out_again(house: House) -> None:
    ann, ben, caller, _call = await three(house)
    await ann.presses("*")
    await ben.is_hung_up()
    await all_hear((caller, [ann]), (ann, [caller]))
    await caller.hangs_up()


async def test_three_with_a_telephone_outside_the_queues(house: House) -> None:
    ann, _ben, caller, call = await connected(house)
    (door,) = await house.people("k_door")
    await second_line_to(ann, door)
    await all_hear((door, [ann]), (ann, [door]))
    await ann.presses("#")
    await everybody_hears(ann, door, caller)
    await ann.hangs_up()
    await all_hear((caller, [door]), (door, [caller]))
    await door.hangs_up()
    await caller.is_hung_up()
    moved = await house.journal.tells("call.transferred", call=call)
    assert (moved.kind, moved.target, moved.to) == ("conference", "number", door.extension)
    assert (await house.journal.tells("dial.ended", call=call)).outcome == "answered"
    await house.journal.tells("conversation.ended", call=call, agent="k_ann", ended_by="transfer")


async def test_who_got_the_caller_so_can_hand_them_on(house: House) -> None:
    ann, ben, caller, call = await three(house)
    await ann.hangs_up()
    await house.state(ann, "available")
    await second_line(ben, f"*2{ann.extension}")
    await ann.rings()
    await ann.picks_up()
    await all_hear((caller, [ann]), (ann, [caller]))
    await caller.hangs_up()
    await segments_are_right(house, call, "k_ann", "k_ben", "k_ann")


async def test_a_supervisor_hears_all_three_and_is_heard_by_the_agent_alone(house: House) -> None:
    ann, ben, caller, call = await three(house)
    (sue,) = await house.people("k_sue")
    await supervise(house, sue, ann, house.pin(sue))
    await all_hear((sue, [ann, ben, caller]), (caller, [ann, ben]), (ben, [ann, caller]))
    await sue.presses("5")
    await all_hear((ann, [ben, caller, sue]), (caller, [ann, ben]), (ben, [ann, caller]))
    await ann.hangs_up()
    await sue.is_hung_up()  # the agent supervised has left the talk
    await all_hear((caller, [ben]), (ben, [caller]))
    await house.journal.tells("supervision.ended", call=call, supervisor="k_sue")
    await caller.hangs_up()


@pytest.mark.timeout(90)
async def test_a_killed_server_ends_no_talk_of_three(own_house: House) -> None:
    house = own_house
    ann, ben, caller, call = await three(house)
    await house.stack.server.kill()
    await everybody_hears(ann, ben, caller)
    await house.stack.server.start()
    await everybody_hears(ann, ben, caller)
    for agent in (ann, ben):
        await house.state(agent, "on_call")
    await ann.hangs_up()
    await all_hear((caller, [ben]), (ben, [caller]))
    await house.state(ann, "available")
    await caller.hangs_up()
    await house.state(ben, "available")
    for agent in (ann, ben):
        await house.journal.tells("conversation.ended", call=call, agent=agent.key)
        assert len(house.journal.facts("conversation.ended", call=call, agent=agent.key)) == 1
    assert len(house.journal.facts("call.ended", call=call)) == 1
