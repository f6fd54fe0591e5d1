"""Reading a span of history a page at a time."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from ivr.journal import Journal
from ivr.journal import stream as module
from ivr.journal.database import open_engine
from ivr.journal.stream import HistoryReader
from ivr.model.agents import AgentState as S
from ivr.model.events import AgentChanged, CallEnded, CallStarted, ServerStarted
from tests.unit.journal.conftest import Disk, started
from tests.unit.kpi.stories import moved


@pytest.fixture
def reader(disk: Disk, journal: Journal) -> Iterator[HistoryReader]:
    found = HistoryReader.open(disk.url)
    yield found
    found.close()


def calls(reader: HistoryReader, begin: float) -> list[str]:
    found = reader.events_from(begin, [CallStarted.type])
    return [event.call for event in found if isinstance(event, CallStarted)]


async def test_from_a_moment_on_in_order_over_many_pages(
    journal: Journal, reader: HistoryReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    for number in range(10):
        journal.record(started(f"c{number}", at=1000.0 + number))
        journal.record(moved(1000.0 + number, S.AVAILABLE, S.PAUSED, 1))
    await journal.settled()
    assert calls(reader, 1000) == [f"c{number}" for number in range(10)]
    assert calls(reader, 1007) == ["c7", "c8", "c9"]
    assert calls(reader, 1010) == []


async def test_what_was_recorded_late_is_not_missed(
    journal: Journal, reader: HistoryReader
) -> None:
    for call, at in (("a", 999.0), ("b", 1002.0), ("c", 1000.0)):
        journal.record(started(call, at=at))
    await journal.settled()
    assert calls(reader, 1000) == ["b", "c"]


async def test_states_before_a_moment_are_of_the_server_that_ran_then(
    journal: Journal, reader: HistoryReader
) -> None:
    journal.record(moved(10, S.LOGGED_OUT, S.AVAILABLE, 1, agent="old"))
    journal.record(ServerStarted(at=20, version="1"))
    journal.record(moved(30, S.LOGGED_OUT, S.AVAILABLE, 1, agent="mia"))
    journal.record(moved(40, S.AVAILABLE, S.PAUSED, 10, agent="mia", reason="lunch"))
    journal.record(moved(60, S.PAUSED, S.AVAILABLE, 20, agent="mia"))
    await journal.settled()

    def states(moment: float) -> list[tuple[str, S]]:
        return [(one.agent, one.after) for one in reader.agent_states_at(moment)]

    assert states(15) == [("old", S.AVAILABLE)]
    assert states(25) == []
    assert states(50) == [("mia", S.PAUSED)]


async def test_an_entry_of_another_version_is_counted_and_left_out(
    disk: Disk, journal: Journal, reader: HistoryReader
) -> None:
    journal.record(started("a", at=1000))
    journal.record(started("b", at=1001))
    await journal.settled()
    engine = open_engine(disk.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE events SET data = '{}' WHERE call = 'a'"))
    engine.dispose()
    assert calls(reader, 0) == ["b"]
    assert reader.unreadable == 1


async def test_where_the_record_begins(journal: Journal, reader: HistoryReader) -> None:
    assert reader.begins_at() is None
    assert list(reader.events_from(0, [AgentChanged.type, CallEnded.type])) == []
    journal.record(started("a", at=1000.5))
    await journal.settled()
    assert reader.begins_at() == 1000.5
