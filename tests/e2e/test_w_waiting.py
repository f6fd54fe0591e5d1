"""w. What is heard in line never delays a match, and whoever is away keeps the place."""

import asyncio

import pytest

from ivr.flow.references import find_references
from tests.e2e.audio import Sound
from tests.e2e.house import House
from tests.e2e.people import Person, all_hear

NUMBER = "6970"
BRIEFED = "6980"
PROMPT = "You have come to the patient desk."
HOURS = "We are open from eight in the morning to six in the evening."
NEXT = "You are the next caller."
TITLE = "The desk whose agents are told"
SILENCE_S_MAX = 0.6
"""Speech has pauses of its own."""
HANDOVER_S_MAX = 0.1
"""From the agent's answer to the caller's talk, with an announcement to be cut in between."""


async def price_list(house: House) -> Sound:
    """The long announcement of the flow."""
    node = house.stack.flows["waiting"].nodes["line"]
    texts = [found.value for found in find_references(node) if found.kind == "speech"]
    return await house.speech(max(texts, key=len))


async def in_line(house: House, caller: Person) -> str:
    await caller.dials(NUMBER)
    call = await house.call_of(caller)
    await house.journal.tells("queue.entered", call=call)
    return call


@pytest.mark.timeout(120)
async def test_an_announcement_is_cut_when_an_agent_was_found(house: House) -> None:
    (caller,) = await house.people("w_caller_1")
    speech = await price_list(house)
    call = await in_line(house, caller)
    await caller.hears_said(await house.speech(PROMPT))
    await caller.hears_said(await house.speech(NEXT))
    await caller.hears_said(speech, within_s=20)
    begun_s = caller.sound.place_of(speech)
    assert begun_s is not None

    (eva,) = await house.agents("w_eva")
    await eva.rings()
    assert caller.sound.seconds < begun_s + speech.seconds, "the offer waited for no announcement"
    await eva.picks_up()
    await all_hear((caller, [eva]), (eva, [caller]))
    assert caller.sound.seconds < begun_s + speech.seconds, "the announcement was cut"
    silence_s = caller.sound.part(begun_s).longest_silence_s
    assert silence_s < SILENCE_S_MAX, "from one word to the agent's voice without a gap"
    accepted = await house.journal.tells("offer.ended", call=call, outcome="accepted")
    talking = await house.journal.tells("conversation.started", call=call)
    assert talking.at - accepted.at < HANDOVER_S_MAX
    await caller.hangs_up()
    await eva.is_hung_up()


@pytest.mark.timeout(120)
async def test_self_service_keeps_the_place_and_is_broken_off_by_the_match(house: House) -> None:
    (eva,) = await house.agents("w_eva")
    await eva.dials("*121")
    await eva.is_hung_up()
    await house.state(eva, "paused")
    first, second = await house.people("w_caller_1", "w_caller_2")
    calls = [await in_line(house, first), await in_line(house, second)]
    await first.presses("1")
    await first.hears_said(await house.speech(HOURS))
    await house.journal.tells("node.entered", call=calls[0], node="back")
    assert house.journal.facts("queue.left", call=calls[0]) == []

    await eva.dials("*13")
    await eva.is_hung_up()
    for caller, call in zip((first, second), calls, strict=True):
        await eva.rings()
        await eva.picks_up()
        await all_hear((caller, [eva]), (eva, [caller]))
        answered = await house.journal.tells("queue.left", call=call)
        assert (answered.outcome, answered.agent) == ("answered", "w_eva")
        await caller.hangs_up()
        await eva.is_hung_up()
    ways = [(one.node, one.outcome) for one in house.journal.facts("node.left", call=calls[0])]
    assert ways == [
        ("line", "self_service:1"),
        ("hours", "next"),
        ("back", "called_back"),
        ("line", "hangup"),
    ]
    assert len(house.journal.facts("queue.entered", call=calls[0])) == 1


@pytest.mark.timeout(120)
async def test_an_agent_who_does_not_take_the_call_is_passed_over(house: House) -> None:
    eva, fay = await house.agents("w_eva", "w_fay")
    (caller,) = await house.people("w_caller_1")
    title = await house.speech(TITLE)
    await caller.dials(BRIEFED)
    await eva.rings()
    await eva.picks_up()
    call = await house.call_of(caller)
    await eva.hears_said(title)
    await eva.hears_said(await house.speech("Waited less than one minute."))
    await caller.hears_only()
    await eva.is_hung_up(within_s=45)
    missed = await house.journal.tells("offer.ended", call=call, agent="w_eva")
    assert missed.outcome == "rejected"
    assert house.journal.state_of("w_eva") == "paused"

    await fay.rings()
    await fay.picks_up()
    await fay.hears_said(title)
    await fay.presses("5")
    await all_hear((caller, [fay]), (fay, [caller]))
    assert caller.sound.place_of(title) is None, "only the agent was told"
    await caller.hangs_up()
    await fay.is_hung_up()


@pytest.mark.timeout(180)
async def test_a_restart_takes_nobody_out_of_the_line(own_house: House) -> None:
    house = own_house
    listener, away = await house.people("w_caller_1", "w_caller_2")
    calls = [await in_line(house, listener), await in_line(house, away)]
    await away.presses("1")
    await house.journal.tells("node.entered", call=calls[1], node="back")
    await listener.hears_said(await price_list(house), within_s=20)
    since_s = [caller.sound.seconds for caller in (listener, away)]
    entered = [house.journal.facts("queue.entered", call=call)[0].entered_at for call in calls]
    await house.stack.server.kill()
    await house.stack.server.start()

    for call, at in zip(calls, entered, strict=True):
        again = await house.journal.tells("queue.entered", call=call, resumed=True)
        assert again.entered_at == pytest.approx(at, abs=0.001)
    await asyncio.gather(*(caller.hears_something() for caller in (listener, away)))
    (eva,) = await house.agents("w_eva")
    for caller in (listener, away):
        await eva.rings()
        await eva.picks_up()
        await all_hear((caller, [eva]), (eva, [caller]))
        await caller.hangs_up()
        await eva.is_hung_up()
    prompt = await house.speech(PROMPT)
    for caller, seconds in zip((listener, away), since_s, strict=True):
        assert caller.sound.part(seconds).place_of(prompt) is None, "nothing is said again"
