"""c. Who may not listen in hears no word of a conversation."""

import pytest

from ivr.service.pins import ENTER_PIN, WRONG_PIN
from tests.e2e.house import House
from tests.e2e.people import all_hear

NUMBER = "6350"


@pytest.mark.parametrize(
    ("supervisor", "reason"), [("c_ute", "other_team"), ("c_nia", "not_supervisor")]
)
async def test_who_may_not_supervise_hears_no_word(
    house: House, supervisor: str, reason: str
) -> None:
    (max_,) = await house.agents("c_max")
    caller, nosy = await house.people("c_caller_3", supervisor)
    await house.calls_an_agent(caller, NUMBER, max_)
    await nosy.dials(f"*15{max_.extension}")
    await nosy.is_hung_up()
    refused = await house.journal.tells(
        "supervision.refused", after=house.since, supervisor=supervisor
    )
    assert (refused.agent, refused.reason) == ("c_max", reason)
    assert not nosy.sound.catches(caller.tone_hz), nosy.describe(caller, max_)
    assert not nosy.sound.catches(max_.tone_hz), nosy.describe(caller, max_)
    await all_hear((caller, [max_]), (max_, [caller]))
    await caller.hangs_up()


async def test_a_wrong_pin_three_times_ends_the_attempt(house: House) -> None:
    (max_,) = await house.agents("c_max")
    caller, tom = await house.people("c_caller_3", "c_tom")
    await house.calls_an_agent(caller, NUMBER, max_)
    right = house.pin(tom)
    wrong = f"{(int(right) + 1) % 1000000:06d}"
    await tom.dials(f"*15{max_.extension}")
    for _ in range(3):
        await tom.hears_said(await house.speech(ENTER_PIN.text))
        await tom.presses(f"{wrong}#")
        await tom.hears_said(await house.speech(WRONG_PIN.text))
    await tom.is_hung_up(within_s=20)
    refused = await house.journal.tells(
        "supervision.refused", after=house.since, supervisor="c_tom"
    )
    assert refused.reason == "wrong_pin"
    assert len(house.journal.facts("pin.refused", agent="c_tom", code="*15")) >= 3
    assert not tom.sound.catches(max_.tone_hz)
    await all_hear((caller, [max_]), (max_, [caller]))
    await caller.hangs_up()
