"""One agent's day out of the journal, on each kind of database."""

from collections.abc import AsyncIterator

import pytest

from ivr.journal import Journal
from ivr.journal.agent_day import AgentDays
from ivr.journal.database import open_engine
from ivr.model import events
from ivr.model.agents import AgentState as S
from ivr.model.errors import JournalAwayError
from tests.unit.journal.conftest import Disk
from tests.unit.kpi.stories import entered, moved, talk_ended


@pytest.fixture
async def days(disk: Disk, journal: Journal) -> AsyncIterator[AgentDays]:
    """Mia is available since 50, paused since 90; today begins at 100."""
    for event in (
        events.ServerStarted(at=10, version="1", config="c"),
        moved(50, S.LOGGED_OUT, S.AVAILABLE, 0),
        moved(60, S.LOGGED_OUT, S.AVAILABLE, 0, agent="tom"),
        moved(90, S.AVAILABLE, S.PAUSED, 40),
        entered(100),
        moved(110, S.PAUSED, S.AVAILABLE, 20),
        talk_ended(120, 5),
        talk_ended(125, 5, agent="tom"),
        events.ServerStopped(at=130),
    ):
        journal.record(event)
    await journal.settled()
    engine = open_engine(disk.url)
    yield AgentDays(engine)
    engine.dispose()


async def test_what_was_before_and_what_has_happened_since(days: AgentDays) -> None:
    before, happened = await days.since("mia", 100)
    assert before is not None
    assert (before.at, before.after) == (90, S.PAUSED)
    assert [(one.type, one.at) for one in happened] == [
        ("agent.changed", 110),
        ("conversation.ended", 120),
        ("server.stopped", 130),
    ]


async def test_what_another_server_left_behind_tells_nothing_of_now(
    days: AgentDays, journal: Journal
) -> None:
    journal.record(events.ServerStarted(at=140, version="1", config="c"))
    await journal.settled()
    assert await days.since("mia", 200) == (None, [])


async def test_of_nobody_there_is_nothing_but_the_servers_own_life(days: AgentDays) -> None:
    before, happened = await days.since("eve", 0)
    assert before is None
    assert [one.type for one in happened] == ["server.started", "server.stopped"]


async def test_while_the_database_is_away_that_is_told(tmp_path: object) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/none/journal.db")
    with pytest.raises(JournalAwayError):
        await AgentDays(engine).since("mia", 0)
