"""k. Of a caller handed on, each agent's recording holds both sides, from first second to last."""

from collections.abc import Awaitable, Callable

import pytest

from tests.e2e.audio import Sound
from tests.e2e.house import House
from tests.e2e.people import Person, all_hear
from tests.e2e.test_k_transfers import connected, second_line, second_line_to, segments_are_right

TALK_S = 4.0
EDGE_S = 0.5
"""At either end of a talk: the path is being switched, or the phone puts the other on hold."""


async def after_a_word(_house: House, ann: Person, ben: Person) -> None:
    await second_line_to(ann, ben)
    await all_hear((ben, [ann]), (ann, [ben]))
    await ann.hangs_up()


async def blind(_house: House, ann: Person, ben: Person) -> None:
    await second_line(ann, f"*2{ben.extension}")
    await ben.rings()
    await ben.picks_up()


Handing = Callable[[House, Person, Person], Awaitable[None]]


@pytest.mark.timeout(90)
@pytest.mark.parametrize("hand_on", [after_a_word, blind])
async def test_both_recordings_hold_both_sides(house: House, hand_on: Handing) -> None:
    ann, ben, caller, call = await connected(house)
    await ann.has_heard(TALK_S)
    await hand_on(house, ann, ben)
    await all_hear((caller, [ben]), (ben, [caller]))
    await ben.has_heard(ben.sound.seconds + TALK_S)
    await ben.hangs_up()
    await caller.is_hung_up()
    await segments_are_right(house, call, "k_ann", "k_ben")

    tones = [person.tone_hz for person in (caller, ann, ben)]
    sides = {
        fact.agent: house.recording(fact.recording)
        for fact in house.journal.facts("recording.started", call=call)
    }
    of_caller, of_ann = sides["k_ann"]
    spoken_until = of_ann.last_heard_s(ann.tone_hz)
    assert spoken_until is not None, of_ann.report(tones)
    assert spoken_until >= TALK_S, of_ann.report(tones)
    holds_throughout(of_ann.part(0.0, spoken_until), ann, tones)
    holds_throughout(of_caller, caller, tones)
    assert of_ann.lacks(ben.tone_hz), of_ann.report(tones)

    of_caller, of_ben = sides["k_ben"]
    talk = await house.journal.tells("conversation.ended", call=call, agent="k_ben")
    assert of_ben.seconds == of_caller.seconds == pytest.approx(talk.talk_s, abs=EDGE_S)
    holds_throughout(of_ben, ben, tones)
    holds_throughout(of_caller, caller, tones)
    assert of_ben.lacks(ann.tone_hz), of_ben.report(tones)
    for _, side in sides.values():
        assert side.lacks(caller.tone_hz), side.report(tones)


def holds_throughout(side: Sound, who: Person, tones: list[int]) -> None:
    """Their tone in every second, but for the edges."""
    began, second = EDGE_S, 1.0
    while began + second <= side.seconds - EDGE_S:
        heard = side.part(began, began + second)
        assert heard.holds(who.tone_hz), f"{who.key}, {began:g} s\n{side.report(tones)}"
        began += second
