"""u. A supervisor closes by phone; callers hear it, also after a restart, until it is lifted."""

from pathlib import Path

import pytest

from ivr.service.features import CLOSED, IS_OPEN
from ivr.service.pins import ENTER_PIN
from tests.e2e.command import ivr
from tests.e2e.house import House
from tests.e2e.lines import OpenSite

SMALL = Path(__file__).parent / "small"
MORNING = "Good morning, this is the office. To hear whether we are still here, press 1."
SHUT = "We have had to close. Please call again tomorrow."


async def closed(house: House) -> dict[str, str]:
    """What is closed -> by whom."""
    found = (await ivr(house, "close", "--list"))["closures"]
    return {one["closure"]: one["by"] for one in found if one["closed"]}


@pytest.mark.timeout(180)
async def test_closed_by_phone_still_closed_after_a_restart_opened_by_command(
    open_site: OpenSite,
) -> None:
    house = await open_site(SMALL, str)
    caller, sue = await house.people("caller", "sue")
    await caller.dials("600")
    await caller.hears_said(await house.speech(MORNING))

    await sue.dials("*16")
    await sue.hears_said(await house.speech(ENTER_PIN.text))
    await sue.presses(f"{house.pin(sue)}#")
    await sue.hears_said(await house.speech(IS_OPEN.text))
    await sue.presses("1")
    await sue.hears_said(await house.speech(CLOSED.text))
    await sue.is_hung_up()
    change = await house.journal.tells("closure.changed", closure="house")
    assert (change.closed, change.by, change.agent) == (True, "1002", "sue")
    assert await closed(house) == {"house": "1002"}

    await caller.presses("1")  # the call under way comes to its next hours node
    await caller.hears_said(await house.speech(SHUT))
    await caller.is_hung_up()

    await house.stack.server.stop()
    await house.stack.server.start()
    await caller.dials("600")
    await caller.hears_said(await house.speech(SHUT))
    await caller.is_hung_up()
    assert await closed(house) == {"house": "1002"}
    assert await house.metric("closure_active", closure="house") == 1

    lifted = {"closure": "house", "closed": False, "changed": True}
    assert await ivr(house, "open", "house") == lifted
    assert await house.metric("closure_active", closure="house") == 0
    await caller.dials("600")
    await caller.hears_said(await house.speech(MORNING))
    await caller.hangs_up()
    changes = house.journal.facts("closure.changed")
    assert [(one.closed, one.by) for one in changes] == [(True, "1002"), (False, "api")]
