"""Wrong PINs: each is on record, also of who hangs up, and after several nobody guesses on."""

import asyncio

import pytest

from ivr.model import events
from ivr.service.features import Features
from ivr.service.pins import COSTLY, TOO_MANY, WAIT_S, WRONG_PIN
from tests.unit.service.fakes import FakeLine, House
from tests.unit.service.features import features
from tests.unit.service.test_features import talk

EXTENSION, PIN = "1009", "123456#"


@pytest.fixture
def codes(house: House) -> Features:
    talk(house)
    return features(house)


def line_with(keys: str) -> FakeLine:
    line = FakeLine("f1", "feature-channel")
    for key in keys:
        line.keys.put_nowait(key)
    return line


async def dial(codes: Features, keys: str, code: str = "*151002") -> FakeLine:
    line = line_with(keys)
    line.agent_left.set()  # whoever listens soon has heard it all
    await codes.serve(line, EXTENSION, code)
    return line


def refused(house: House) -> list[tuple[str, str, str]]:
    return [(one.extension, one.agent, one.code) for one in house.events.of(events.PinRefused)]


def is_let_in(line: FakeLine) -> bool:
    return any(entry.startswith("listen") for entry in line.log)


class Impatient(FakeLine):
    """Hangs up as soon as a PIN is said to be wrong."""

    async def play(self, audio, *, keys: str = "") -> str:
        if any(one.text == WRONG_PIN.text for one in audio):
            self.hung_up.set()
        return await super().play(audio, keys=keys)


async def test_who_hangs_up_after_a_wrong_pin_has_tried_all_the_same(
    house: House, codes: Features
) -> None:
    line = Impatient("f1", "feature-channel")
    for key in "111#":
        line.keys.put_nowait(key)
    await codes.serve(line, EXTENSION, "*151002")
    assert line.hung_up.is_set()
    assert refused(house) == [(EXTENSION, "eve", "*15")]


@pytest.mark.parametrize("code", ["*151002", "*16"])
async def test_each_wrong_one_is_on_record_with_what_it_was_for(
    house: House, codes: Features, code: str
) -> None:
    await dial(codes, "111#222#333#", code)
    assert refused(house) == [(EXTENSION, "eve", code[:3])] * 3


async def test_to_type_nothing_is_no_guess(house: House, codes: Features) -> None:
    await dial(codes, "")
    assert refused(house) == []


async def test_after_several_even_the_right_one_has_to_wait(house: House, codes: Features) -> None:
    await dial(codes, "1#" * 3)
    line = await dial(codes, "1#" * 3)
    assert TOO_MANY.text in str(line.log)
    waits = [one.wait_s for one in house.events.of(events.PinRefused)]
    assert waits == [0.0] * (COSTLY - 1) + [WAIT_S, WAIT_S]
    line = await dial(codes, PIN)
    assert TOO_MANY.text in str(line.log)
    assert not is_let_in(line)
    house.clock.advance(WAIT_S)
    assert is_let_in(await dial(codes, PIN))
    assert [one.wait_s for one in house.events.of(events.PinRefused)][COSTLY + 1 :] == [WAIT_S]


async def test_each_further_one_costs_twice_as_long_and_the_right_one_ends_it(
    house: House, codes: Features
) -> None:
    await dial(codes, "1#" * 3)
    await dial(codes, "1#" * 3)
    house.clock.advance(WAIT_S)
    await dial(codes, "1#")
    assert house.events.of(events.PinRefused)[-1].wait_s == 2 * WAIT_S
    house.clock.advance(2 * WAIT_S)
    assert is_let_in(await dial(codes, PIN))
    await dial(codes, "1#" * 3)
    assert house.events.of(events.PinRefused)[-1].wait_s == 0.0


async def test_many_calls_at_once_are_no_way_around_it(house: House, codes: Features) -> None:
    lines = [line_with("") for _ in range(20)]
    serving = [asyncio.create_task(codes.serve(line, EXTENSION, "*151002")) for line in lines]
    for line in lines:
        for key in "9#":
            line.keys.put_nowait(key)
    await asyncio.gather(*serving)
    free = [one for one in house.events.of(events.PinRefused) if one.wait_s == 0.0]
    assert len(free) == COSTLY - 1
    assert sum(TOO_MANY.text in str(line.log) for line in lines) > 10


async def test_other_phones_do_not_wait(house: House, codes: Features) -> None:
    for _ in range(3):
        await dial(codes, "1#" * 3)
    line = line_with("654321#")
    await codes.serve(line, "1010", "*16")
    assert TOO_MANY.text not in str(line.log)
