"""v. Who hangs up in line and calls again within the grace stands where they stood."""

import pytest

from tests.e2e.callbacks import is_ready, starts_work, talk_and_part, waits
from tests.e2e.house import House

NUMBER = "6530"


@pytest.mark.timeout(90)
async def test_who_redials_stands_before_those_who_came_between(house: House) -> None:
    (mel,) = await house.people("v_mel")
    first, second = await house.people("v_caller_4", "v_caller_5")
    dropped = await waits(house, first, NUMBER)
    await first.hangs_up()
    await house.journal.tells("queue.left", call=dropped, outcome="abandoned")
    await waits(house, second, NUMBER)
    again = await waits(house, first, NUMBER)
    entry = await house.journal.tells("queue.entered", call=again)
    before = await house.journal.tells("queue.entered", call=dropped)
    assert (entry.kept, entry.entered_at) == ("redial", before.entered_at)

    await starts_work(mel)
    await mel.rings()
    await mel.picks_up()
    await talk_and_part(first, mel)
    await is_ready(mel)
    await mel.rings()
    await mel.picks_up()
    await talk_and_part(second, mel)
