"""What is old goes, calls as a whole; what belongs to something that is kept stays."""

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

import pytest
from sqlalchemy import Connection, delete

from ivr.journal import pruning
from ivr.journal.projector import Projector
from ivr.journal.pruning import EventPruner
from ivr.journal.reading import JournalReader
from ivr.journal.stream import HistoryReader
from ivr.journal.tables import EVENTS
from ivr.model import events
from ivr.model.agents import AgentState
from ivr.model.errors import JournalAwayError
from ivr.model.retention import Due, Kept
from ivr.report.pruned import PrunedDay
from ivr.service.report_ledger import Ledger, Pending
from tests.unit.journal.calls import DAY_S, Tables, abandoned, answered, moved, ringing
from tests.unit.journal.conftest import Disk

BEFORE = 100 * DAY_S
NOTHING = Kept(frozenset())


@pytest.fixture
def tables(disk: Disk) -> Iterator[Tables]:
    tables = Tables(disk.url)
    yield tables
    tables.close()


def pruner(tables: Tables) -> EventPruner:
    return EventPruner(tables.engine, lambda: "Europe/Berlin", lambda: 1e9)


async def pruned(tables: Tables, kept: Kept = NOTHING) -> Due:
    """As the nightly turn does: what would go is what goes."""
    due = await pruner(tables).due(BEFORE, kept)
    done = await pruner(tables).prune(BEFORE, kept)
    assert done == due
    return done


async def test_old_calls_go_with_all_that_is_known_of_them(tables: Tables) -> None:
    tables.write(
        [*answered("c1", BEFORE - 200), *abandoned("c2", BEFORE - 100), moved(BEFORE, "ada")]
    )
    tables.write([*answered("c3", BEFORE - 70), *abandoned("c4", BEFORE + 5)])
    assert await pruned(tables) == Due(2, 11)
    assert tables.calls() == {"c3", "c4"}
    rows = tables.rows("calls", "legs")
    assert ({row[0] for row in rows["calls"]}, {row[0] for row in rows["legs"]}) == (
        {"c3", "c4"},
        {"c3", "c4"},
    )
    assert await pruned(tables) == Due()


async def test_a_call_that_has_not_ended_stays_however_old(tables: Tables) -> None:
    tables.write(ringing("c1", 0.0))
    assert await pruned(tables) == Due()
    assert tables.calls() == {"c1"}


async def test_what_is_on_hold_or_recorded_stays_whole(tables: Tables) -> None:
    for call in ("c1", "c2", "c3"):
        tables.write(abandoned(call, 1000.0))
    consulted = events.AgentChanged(
        at=1010.0,
        agent="bob",
        before=AgentState.AVAILABLE,
        after=AgentState.ON_CALL,
        reason="",
        seconds=1.0,
        call="c1+1",
    )
    tables.write([consulted, moved(2000.0, "bob")])
    kept = Kept(frozenset({"c2"}), held=lambda: {"c1"})
    assert await pruned(tables, kept) == Due(1, 4, 1)
    assert tables.calls() == {"c1", "c2", "c1+1"}
    assert await pruner(tables).prune(BEFORE, NOTHING) == Due(2, 9)
    assert tables.calls() == set()


async def test_a_hold_set_while_old_calls_go_holds_from_then_on(tables: Tables) -> None:
    """Before its call's turn, and even when the call's rows are already being deleted."""
    for number in range(30):
        tables.write(abandoned(f"c{number:02}", 1000.0))
    await pruner(tables).due(BEFORE, NOTHING)
    held: set[str] = set()

    class Late(EventPruner):
        def _delete_calls(self, connection: Connection, rows: Sequence[Any], held_: int) -> Due:
            done = super()._delete_calls(connection, rows, held_)
            held.update({"c07", "c29"})
            return done

    late = Late(tables.engine, lambda: "Europe/Berlin", lambda: 1e9)
    done = await late.prune(BEFORE, Kept(frozenset(), held=lambda: held))
    assert done == Due(28, 28 * 4, 2)
    assert tables.calls() == {"c07", "c29"}
    (day,) = HistoryReader(tables.engine).pruned_days("1970-01-01", "1970-12-31")
    assert (day.calls, day.events) == (28, 28 * 4)


async def test_a_hold_lifted_or_a_recording_heard_makes_no_call_younger(tables: Tables) -> None:
    late = BEFORE + 1000
    tables.write(abandoned("c1", 1000.0))
    tables.write([events.HoldChanged(at=late, call="c1", held=False, reason="", by="max")])
    tables.write(
        [events.RecordingDeleted(at=late, call="c1", recording="c1-1", reason="", by="max")]
    )
    assert await pruned(tables) == Due(1, 6)


async def test_what_nobody_has_projected_yet_is_seen_all_the_same(tables: Tables) -> None:
    tables.write(abandoned("c1", 1000.0))
    tables.catch_up()
    tables.write([moved(BEFORE + 1, "ada", "c1")])
    assert await pruner(tables).prune(BEFORE, NOTHING) == Due()


async def test_the_last_state_of_an_agent_stays(tables: Tables) -> None:
    """A restarted server asks for it, however long ago it was."""
    tables.write([*answered("c1", 1000.0, "ada"), moved(1200.0, "bob"), moved(1300.0, "bob")])
    assert await pruned(tables) == Due(0, 1)
    reader = HistoryReader(tables.engine)
    assert {name: move.at for name, move in reader.last_agent_states().items()} == {
        "ada": 1080.0,
        "bob": 1300.0,
    }


async def test_other_events_go_but_those_that_are_asked_for_from_the_beginning(
    tables: Tables,
) -> None:
    def heard(file: str) -> events.Event:
        return events.MessageHeard(at=1000.0, mailbox="front", file=file, heard=True, by="api")

    tables.write(
        [
            events.ServerStarted(at=1000.0, version="1"),
            events.ClosureChanged(at=1000.0, closure="fire", closed=True, by="max"),
            events.EventsPruned(at=1000.0, before=900.0, calls=1, events=2, by="retention"),
            heard("front/c1.wav"),
            heard("front/c2.wav"),
            events.AmiLost(at=BEFORE),
        ]
    )
    kept = Kept(frozenset({"c1"}), messages=frozenset({"front/c1.wav"}))
    assert await pruned(tables, kept) == Due(0, 2)
    assert tables.types() == ["closure.changed", "journal.pruned", "voicemail.heard", "ami.lost"]


async def test_of_reports_the_last_of_each_kind_stays_and_says_what_all_did(
    tables: Tables,
) -> None:
    def told(name: str, due: float) -> list[events.Event]:
        given: dict[str, Any] = {"report": name, "due": due}
        return [
            events.ReportStarted(at=due, attempt=1, **given),
            events.ReportFailed(at=due + 1, attempt=1, reason="away", final=False, **given),
            events.ReportStarted(at=due + 60, attempt=2, **given),
            events.ReportSent(at=due + 61, attempt=2, file="", recipients=1, **given),
        ]

    for name in ("morning", "evening"):
        scheduled = events.ReportScheduled(at=500.0, report=name, schedule="5 6 * * *")
        tables.write([scheduled, *told(name, 1000.0), *told(name, 2000.0)])
    tables.write(told("morning", BEFORE + 10))
    tables.write([events.ReportStarted(at=3000.0, report="evening", due=3000.0, attempt=1)])

    def known() -> list[tuple[float, Pending | None]]:
        ledger = Ledger()
        ledger.learn(JournalReader(tables.engine).reports())
        return [
            (ledger.settled(name, inf), ledger.pending(name, inf))
            for name in ("morning", "evening")
        ]

    before = known()
    assert before == [(BEFORE + 10, None), (2000.0, Pending(3000.0, 1, None))]
    # Of evening the schedule, the failure, the sending, the last start; of morning the schedule.
    assert await pruned(tables) == Due(0, 2 * 9 + 1 - 5)
    assert known() == before
    assert len(tables.types()) == 5 + 4


async def test_deleted_days_are_counted_once_over_many_small_steps(tables: Tables) -> None:
    first, second = 50 * DAY_S, 51 * DAY_S  # half past one, in the house's winter
    for number in range(60):
        tables.write(abandoned(f"a{number:02}", first))
        tables.write(answered(f"b{number:02}", second, "ada"))
    tables.write(moved(second + 90 + number, "bob") for number in range(600))
    tables.write([moved(BEFORE, "ada"), moved(BEFORE, "bob")])
    assert await pruned(tables) == Due(120, 60 * 4 + 60 * 7 + 600)
    reader = HistoryReader(tables.engine)
    assert reader.pruned_days("1970-02-20", "1970-02-21") == [
        PrunedDay("1970-02-20", 60, 0, 60, 240),
        PrunedDay("1970-02-21", 60, 60, 0, 1020),
    ]
    tables.write(abandoned("c", first))
    await pruned(tables)
    assert reader.pruned_days("1970-02-20", "1970-02-20") == [
        PrunedDay("1970-02-20", 61, 0, 61, 244)
    ]


async def test_who_dies_in_between_has_deleted_whole_calls_and_counted_them(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        tables.write(abandoned(f"c{number:02}", 1000.0))
    steps = iter(range(100))
    delete_calls = EventPruner._delete_calls

    def deadly(*arguments: object) -> Due:
        done = delete_calls(*arguments)  # type: ignore[arg-type]
        if next(steps) == 1:
            raise KeyboardInterrupt  # before the transaction is over
        return done

    monkeypatch.setattr(EventPruner, "_delete_calls", deadly)
    await pruner(tables).due(BEFORE, NOTHING)
    pruner(tables)._calls(round(BEFORE * 1000), (0, ""), NOTHING, False)
    with pytest.raises(KeyboardInterrupt):
        pruner(tables)._calls(round(BEFORE * 1000), (0, ""), NOTHING, False)
    assert len(tables.calls()) == 35
    monkeypatch.undo()
    assert await pruned(tables) == Due(35, 140)
    (day,) = HistoryReader(tables.engine).pruned_days("1970-01-01", "1970-12-31")
    assert (day.calls, day.events) == (60, 240)


async def test_a_rebuild_after_pruning_brings_nothing_back(tables: Tables) -> None:
    for number in range(30):
        tables.write(abandoned(f"c{number:02}", 1000.0 if number % 2 else BEFORE))
    tables.write([events.EventsPruned(at=BEFORE, before=BEFORE, calls=15, events=60, by="")])
    await pruned(tables)
    left = tables.rows("calls", "legs", "position")
    assert len(left["calls"]) == 15
    assert list(Projector(tables.engine).rebuild(1e9))
    assert tables.rows("calls", "legs", "position") == left


async def test_numbers_go_on_after_everything_was_deleted(disk: Disk) -> None:
    """No event ever has the number of one that was there before."""
    tables = Tables(disk.url)
    tables.write([*abandoned("c1", 1000.0), *answered("c2", 1000.0, "")])
    tables.write([events.EventsPruned(at=BEFORE, before=BEFORE, calls=2, events=9, by="")])
    await pruned(tables)
    tables.close()
    journal = disk.journal()
    await journal.start()
    journal.record(events.AmiLost(at=BEFORE))
    await journal.close()
    assert disk.rows()[-1][0] == 13


async def test_each_step_looks_at_a_few_events_only_however_many_are_kept(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls that are kept lie between those events; passed over in one step, they outlast the
    database's patience."""
    monkeypatch.setattr(pruning, "EVENTS_AT_ONCE", 10)
    kept = [f"c{number:02}" for number in range(30)]
    for number, call in enumerate(kept):
        tables.write([*answered(call, 1000.0 + number), events.AmiLost(at=1000.0 + number)])
    tables.write([moved(BEFORE, "ada")])
    steps: list[int] = []
    others = EventPruner._others

    def counted(self: EventPruner, *arguments: Any) -> Any:
        batch = others(self, *arguments)
        steps.append(batch.due.events)
        return batch

    monkeypatch.setattr(EventPruner, "_others", counted)
    assert await pruned(tables, Kept(frozenset(kept))) == Due(0, 30)
    assert len(steps) == 2 * (30 * 8 // 10 + 1), "all are looked at once to ask, once to delete"
    assert tables.calls() == set(kept)


async def test_a_database_that_is_away_is_told_in_the_house_own_words(tables: Tables) -> None:
    with tables.engine.begin() as connection:
        connection.execute(delete(EVENTS))
        EVENTS.drop(connection)
    with pytest.raises(JournalAwayError):
        await pruner(tables).due(BEFORE, NOTHING)
