"""One agent's day out of the journal, on each kind of database."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.event import listen, remove

from ivr.journal import Journal, database
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


def long_history(engine: Engine) -> None:
    """100,000 events, one every ten seconds, a quarter of them moves of fifty agents."""
    kinds = "'agent.changed'", "'queue.entered'", "'offer.ended'", "'node.left'"
    kind = " ".join(f"WHEN {number} THEN {name}" for number, name in enumerate(kinds))
    numbers = (
        "WITH RECURSIVE counted(n) AS "
        "(SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 100000) "
        "INSERT INTO events (id, at_ms, type, agent, data) "
        f"SELECT n, n * 10000, CASE n % 4 {kind} END, 'a' || (n % 50), '{{}}' FROM counted"
    )
    with engine.begin() as connection:
        connection.execute(text(numbers))
        connection.execute(text("ANALYZE"))


def ways(engine: Engine, ask: Callable[[], object]) -> list[tuple[str, str]]:
    """(statement, how the database goes about it) of all that is asked meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, values: object, *_rest: object) -> None:
        asked.append((statement, values))

    listen(engine, "before_cursor_execute", note)
    ask()
    remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        return [
            (
                statement,
                "\n".join(
                    str(row[-1])
                    for row in connection.exec_driver_sql(f"{explain} {statement}", values)
                ),
            )
            for statement, values in asked
        ]


def test_a_day_is_found_by_indices_however_long_the_history_is(disk: Disk) -> None:
    """Whoever walks events by their number from the oldest on takes longer every day."""
    engine = open_engine(disk.url)
    database.migrate(engine)
    long_history(engine)
    found = ways(engine, lambda: AgentDays(engine)._since("nobody", 99_500 * 10.0))
    assert len(found) == 5
    for statement, way in found:
        assert "events_" in way, (statement, way)
    engine.dispose()
