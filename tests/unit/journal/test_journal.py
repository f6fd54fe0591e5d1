"""What is recorded is kept, once, in order, whatever happens to the database."""

import asyncio
import json
from pathlib import Path

import pytest

from ivr.journal import Journal, JournalReader, Limits
from ivr.model.agents import AgentState
from ivr.model.errors import UserError
from ivr.model.events import AgentChanged, CallEnded, NodeEntered
from tests.unit.journal.conftest import Disk, started


def ended(call: str) -> CallEnded:
    return CallEnded(
        at=1010.0, call=call, flow="company", result="hangup", duration_s=10.0, node="greet"
    )


def moved(agent: str, after: AgentState, at: float = 1000.0) -> AgentChanged:
    return AgentChanged(
        at=at, agent=agent, before=AgentState.LOGGED_OUT, after=after, reason="", seconds=1.0
    )


async def test_events_are_stored_in_order_and_numbered_within_their_call(
    disk: Disk, journal: Journal
) -> None:
    journal.record(started("a"))
    journal.record(started("b"))
    journal.record(moved("mia", AgentState.AVAILABLE))
    journal.record(ended("a"))
    await journal.settled()
    assert [row[:4] for row in disk.rows()] == [
        (1, "a", 1, "call.started"),
        (2, "b", 1, "call.started"),
        (3, None, None, "agent.changed"),
        (4, "a", 2, "call.ended"),
    ]


async def test_numbers_go_on_after_a_restart(disk: Disk, journal: Journal) -> None:
    journal.record(started("a"))
    await journal.close()
    again = disk.journal()
    await again.start()
    again.record(ended("a"))
    await again.close()
    assert [row[:3] for row in disk.rows()] == [(1, "a", 1), (2, "a", 2)]


async def test_an_outage_loses_nothing_and_doubles_nothing(disk: Disk, journal: Journal) -> None:
    journal.record(started("before"))
    await journal.settled()
    with disk.outage():
        for number in range(50):
            journal.record(started(f"during{number}"))
            await journal.flush()
        assert journal.backlog == 50
        assert not journal.database_up
        assert disk.spill.read_text().count("\n") == 50
    journal.record(started("after"))
    await journal.settled()
    assert journal.database_up
    assert not disk.spill.exists()
    calls = ["before", *(f"during{number}" for number in range(50)), "after"]
    assert [row[1] for row in disk.rows()] == calls


async def test_a_database_that_hangs_delays_no_event_beyond_the_limit(
    disk: Disk, journal: Journal
) -> None:
    loop = asyncio.get_running_loop()
    with disk.hang():
        begun = loop.time()
        journal.record(started("a"))
        await journal.flush()
        assert loop.time() - begun < 1.0
        assert '"a"' in disk.spill.read_text()
    await journal.settled()
    assert [row[1] for row in disk.rows()] == ["a"]


async def test_a_restart_during_an_outage_takes_in_what_was_spilled(
    disk: Disk, journal: Journal
) -> None:
    with disk.outage():
        journal.record(started("a"))
        await journal.close()
        assert disk.spill.exists()
    again = disk.journal()
    await again.start()
    again.record(ended("a"))
    await again.close()
    assert [row[:3] for row in disk.rows()] == [(1, "a", 1), (2, "a", 2)]
    assert not disk.spill.exists()


async def test_spilled_events_that_did_reach_the_database_are_not_stored_twice(
    disk: Disk, journal: Journal
) -> None:
    with disk.outage():
        journal.record(started("a"))
        await journal.close()
        spilled = disk.spill.read_text()
    first = disk.journal()
    await first.start()
    await first.close()
    disk.spill.write_text(spilled)
    second = disk.journal()
    await second.start()
    await second.close()
    assert [row[1] for row in disk.rows()] == ["a"]


async def test_a_line_cut_short_by_a_crash_is_left_out(disk: Disk, journal: Journal) -> None:
    with disk.outage():
        journal.record(started("a"))
        await journal.close()
    with disk.spill.open("a") as file:
        file.write('[2, "b", 1, 10')
    again = disk.journal()
    await again.start()
    again.record(started("c"))
    await again.close()
    assert [row[:2] for row in disk.rows()] == [(1, "a"), (2, "c")]


async def test_a_full_buffer_overflows_to_the_disk(disk: Disk) -> None:
    journal = disk.journal(Limits(buffer_events=10, gather_s=0.0))
    await journal.start()
    for number in range(200):
        journal.record(started(f"call{number}"))
    assert disk.spill.read_text().count("\n") == 190
    await journal.settled()
    await journal.close()
    assert sorted(row[0] for row in disk.rows()) == list(range(1, 201))
    assert journal.lost == 0


async def test_events_after_the_end_are_kept_for_the_next_start(
    disk: Disk, journal: Journal
) -> None:
    await journal.close()
    journal.record(started("late"))
    again = disk.journal()
    await again.start()
    await again.close()
    assert [row[1] for row in disk.rows()] == ["late"]


async def test_what_neither_database_nor_disk_takes_is_counted_as_lost(
    disk: Disk, journal: Journal
) -> None:
    await journal.close()
    disk.spill.mkdir()
    journal.record(started("a"))
    assert journal.lost == 1


async def test_hostile_text_is_stored_and_read_back_unchanged(disk: Disk, journal: Journal) -> None:
    name = "\0$(touch x);|`'\"\r\n\udcff" + "x" * 100_000
    journal.record(started("a", caller_name=name))
    await journal.settled()
    assert (await journal.open_calls())["a"] == [started("a", caller_name=name)]
    assert disk.rows()[0][4].isascii()


async def test_last_agent_states_come_back_as_events(journal: Journal) -> None:
    journal.record(moved("mia", AgentState.AVAILABLE))
    journal.record(moved("noa", AgentState.PAUSED))
    journal.record(moved("mia", AgentState.PAUSED, at=1001.5))
    assert await journal.last_agent_states() == {
        "mia": moved("mia", AgentState.PAUSED, at=1001.5),
        "noa": moved("noa", AgentState.PAUSED),
    }


async def test_open_calls_are_those_that_started_and_did_not_end(journal: Journal) -> None:
    node = NodeEntered(at=1001.0, call="b", flow="company", node="greet")
    for event in (started("a"), started("b"), ended("a"), node):
        journal.record(event)
    assert await journal.open_calls() == {"b": [started("b"), node]}


async def test_times_are_whole_milliseconds_of_utc(disk: Disk, journal: Journal) -> None:
    journal.record(started("a", at=1_700_000_000.1236))
    await journal.settled()
    reader = JournalReader.open(disk.url)
    (entry,) = reader.events(["a"])["a"]
    reader.close()
    assert entry.at_ms == 1_700_000_000_124
    assert json.loads(entry.data)["dialled"] == "100"


async def test_the_seconds_of_each_write_are_reported(disk: Disk) -> None:
    seconds: list[float] = []
    journal = disk.journal(on_write=seconds.append)
    await journal.start()
    journal.record(started("a"))
    await journal.close()
    assert len(seconds) == 1
    assert 0 < seconds[0] < 5


async def test_nothing_of_it_is_left_running_after_close(journal: Journal) -> None:
    journal.record(started("a"))
    await journal.close()
    assert {task for task in asyncio.all_tasks() if task.get_name().startswith("journal")} == set()


async def test_recording_before_the_start_is_a_mistake(disk: Disk) -> None:
    with pytest.raises(RuntimeError, match="before start"):
        disk.journal().record(started("a"))


async def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    file.write_text("no database, but long enough to be taken for one" * 100)
    with pytest.raises(UserError, match=r"cannot open .*journal\.db"):
        await Journal(f"sqlite:///{file}").start()


async def test_a_spill_file_that_cannot_be_read_says_so(disk: Disk) -> None:
    disk.spill.mkdir()
    with pytest.raises(UserError, match=r"journal\.spill holds events .*move the file away"):
        await disk.journal().start()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "no database URL"),
        ("sqlite://", "keeps nothing"),
        ("postgresql://db/ivr", "name a spill file"),
    ],
)
def test_unusable_urls_are_refused(url: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Journal(url)
