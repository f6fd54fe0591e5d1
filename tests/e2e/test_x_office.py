"""x. The town hall's line: the front desk takes over, somebody is found by name, and messages."""

import pytest

from tests.e2e.lines import ALWAYS_OPEN, LINES, OpenSite, replacing
from tests.e2e.people import all_hear

SPELL = "Please spell the first or last name on your keypad, and then press pound."
MESSAGE = (
    "Please leave your name, your number and the address of the building after the tone. "
    "To finish, press pound."
)


@pytest.mark.timeout(120)
async def test_the_front_desk_takes_over_and_messages_are_offered(open_site: OpenSite) -> None:
    house = await open_site(LINES / "office", replacing(ALWAYS_OPEN))
    (nora,) = await house.agents("nora")
    (citizen,) = await house.people("lobby")
    await citizen.dials("600")
    call = await house.call_of(citizen)
    await citizen.presses("3")
    await citizen.hears_said(
        await house.speech("Our colleagues are all busy. The front desk will take your call.")
    )
    await nora.rings()
    await nora.picks_up()
    await all_hear((citizen, [nora]), (nora, [citizen]))
    left = [(one.queue, one.outcome) for one in house.journal.facts("queue.left", call=call)]
    assert left == [("taxes", "empty"), ("front_desk", "answered")]
    await nora.hangs_up()
    await citizen.hears_said(await house.speech("Thank you for calling. Goodbye."))
    await citizen.is_hung_up()

    await citizen.dials("600")
    await house.call_of(citizen)
    await citizen.presses("5")
    await citizen.hears_said(await house.speech(SPELL))
    await citizen.presses("6672#")  # Nora
    for words in ("For Nora Whitfield,", "press 1."):
        await citizen.hears_said(await house.speech(words))
    await citizen.presses("1")
    await nora.rings()
    await nora.picks_up()
    await all_hear((citizen, [nora]), (nora, [citizen]))
    await nora.hangs_up()
    await citizen.is_hung_up()

    await citizen.dials("600")
    call = await house.call_of(citizen)
    await citizen.presses("2")
    await citizen.hears_said(await house.speech(MESSAGE))
    await citizen.hangs_up()
    message = await house.journal.tells("node.left", call=call, node="permits_message")
    assert message.outcome == "hangup"
