"""A call runs to its end on the version of the flows that its record names."""

import pytest

from ivr.model import events
from ivr.testing.queues import FixedCalendars
from tests.unit.nodes.support import NoCalendars, flows
from tests.unit.service.fakes import House
from tests.unit.service.test_called_back_subflow import Calls, SpeakingLine

BEFORE = """
start: old
nodes:
  old: {type: hangup}
"""
AFTER = BEFORE.replace("old", "new")


@pytest.mark.parametrize("moment", ["answer", "speak"])
async def test_a_reload_while_the_line_is_opened_is_for_the_next_call(
    house: House, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    calls = Calls(house)
    calls.sessions.use(flows(main=BEFORE), FixedCalendars(NoCalendars(), {}), "version-1")

    async def reload(_line: SpeakingLine, *_: str) -> None:
        calls.sessions.use(flows(main=AFTER), FixedCalendars(NoCalendars(), {}), "version-2")

    monkeypatch.setattr(SpeakingLine, moment, reload)
    for number in (1, 2):
        await calls.sessions.serve(SpeakingLine(f"c{number}", f"ch{number}"), None)

    started = house.events.of(events.CallStarted)
    assert [one.config for one in started] == ["version-1", "version-2"]
    assert nodes(house) == [("c1", "old"), ("c2", "new")]


def nodes(house: House) -> list[tuple[str, str]]:
    return [(one.call, one.node) for one in house.events.of(events.NodeEntered)]
