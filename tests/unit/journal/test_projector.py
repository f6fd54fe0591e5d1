"""The tables made from events say what the events say, and the same whenever they are made."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from ivr.journal.projector import LOOK_S, Projector
from ivr.journal.tables import CALLS, EVENTS, PROJECTIONS, QUEUE_LEGS
from ivr.model import events
from ivr.model.agents import QueueOutcome
from ivr.model.events import Event
from tests.unit.journal.calls import Tables, abandoned, answered, moved, ringing
from tests.unit.journal.conftest import Disk

MADE = ("calls", "legs", "position")


@pytest.fixture
def tables(disk: Disk) -> Iterator[Tables]:
    tables = Tables(disk.url)
    yield tables
    tables.close()


def test_a_call_is_a_row_once_it_has_ended(tables: Tables) -> None:
    tables.write([*answered("c1", 1000.0), *abandoned("c2", 1010.0), *ringing("c3", 1020.0)])
    tables.catch_up()
    assert tables.rows("calls", "legs") == {
        "calls": [
            (
                *("c1", "company", "v1", "2001\\x00\\udc80", "600"),
                *(1_000_000, 1_070_000, 1_080_000, "completed", 70_000),
                *("sales", "answered", "ada", 10_000, 60_000, 7),
            ),
            (
                *("c2", "company", "v1", "2001\\x00\\udc80", "600"),
                *(1_010_000, 1_040_000, 1_040_000, "hangup", 70_000),
                *("sales", "abandoned", "", 30_000, None, 4),
            ),
        ],
        "legs": [
            ("c1", 1, "sales", 1_000_000, 1_010_000, "answered", "ada", 10_000),
            ("c2", 1, "sales", 1_010_000, 1_040_000, "abandoned", "", 30_000),
        ],
    }


def test_what_comes_after_the_end_is_taken_in(tables: Tables) -> None:
    whole = answered("c1", 1000.0)
    tables.write(whole[:-1])
    tables.catch_up()
    tables.write(whole[-1:])
    tables.catch_up()
    (row,) = tables.rows("calls")["calls"]
    assert (row[7], row[-1]) == (1_080_000, 7)


def test_a_number_that_may_still_come_is_waited_for(tables: Tables) -> None:
    tables.write(ringing("c1", 1000.0))
    tables.skip_a_number()
    tables.write(abandoned("c1", 1000.0)[2:])
    tables.catch_up(now=1059.0)
    assert tables.rows("calls")["calls"] == []
    tables.catch_up(now=1061.0)
    assert len(tables.rows("calls")["calls"]) == 1


def test_a_rebuild_mends_whatever_was_wrong_and_tells_how_far_it_is(tables: Tables) -> None:
    tables.write(one for n in range(60) for one in abandoned(f"c{n:02}", 1000.0 + n))
    tables.catch_up()
    right = tables.rows(*MADE)
    with tables.engine.begin() as connection:
        connection.execute(
            update(CALLS).where(CALLS.c.call < "c10").values(call="x" + CALLS.c.call)
        )
        connection.execute(update(CALLS).where(CALLS.c.call == "c20").values(flow="other"))
        connection.execute(delete(QUEUE_LEGS).where(QUEUE_LEGS.c.call == "c30"))
        connection.execute(update(QUEUE_LEGS).where(QUEUE_LEGS.c.call == "c40").values(call="y"))
        connection.execute(update(PROJECTIONS).values(position=10**6))
    assert tables.rows(*MADE) != right
    assert tables.rebuild() == [(25, 60), (50, 60), (60, 60)]
    assert tables.rows(*MADE) == right


def test_an_event_of_another_version_stops_nobody(tables: Tables) -> None:
    tables.write(abandoned("c1", 1000.0))
    with tables.engine.begin() as connection:
        connection.execute(update(EVENTS).where(EVENTS.c.type == "queue.left").values(data="{}"))
    tables.catch_up()
    assert tables.rows("legs")["legs"] == [("c1", 1, "sales", 1_000_000, None, "", "", None)]


def test_a_call_whose_events_make_no_sense_keeps_no_other_out(tables: Tables) -> None:
    """An outcome nobody knows yet, a length no table holds."""
    for call in ("c1", "c2", "c3"):
        tables.write(abandoned(call, 1000.0))
    left = '{"queue": "sales", "outcome": "abducted", "wait_s": 1.0, "agent": ""}'
    ended = '{"flow": "company", "result": "hangup", "duration_s": Infinity, "node": ""}'
    with tables.engine.begin() as connection:
        for call, kind, data in (("c1", "queue.left", left), ("c2", "call.ended", ended)):
            wrong = (EVENTS.c.call == call) & (EVENTS.c.type == kind)
            connection.execute(update(EVENTS).where(wrong).values(data=data))
    tables.catch_up()
    assert [row[0] for row in tables.rows("calls")["calls"]] == ["c3"]
    assert tables.rebuild() == [(3, 3)]
    assert [row[0] for row in tables.rows("calls")["calls"]] == ["c3"]


def test_a_rebuild_while_the_server_writes_ends_the_same(tables: Tables) -> None:
    """A thread writes and keeps up, as the server does, while the tables are made anew."""
    tables.write(one for n in range(100) for one in abandoned(f"a{n:03}", 1000.0 + n))
    tables.catch_up()
    done: list[str] = []

    def serve() -> None:
        for number in range(40):
            tables.write(answered(f"b{number:03}", 2000.0 + number))
            tables.write(
                [
                    events.RecordingPlayed(
                        at=3000.0, call=f"a{number:03}", recording="r", agent="ada", by="max"
                    )
                ]
            )
            tables.catch_up()
        done.append("whole")

    server = Thread(target=serve)
    server.start()
    while server.is_alive():
        tables.rebuild()
    server.join()
    assert done == ["whole"]
    tables.catch_up()
    kept_up = tables.rows(*MADE)
    with tables.engine.begin() as connection:
        for table in (CALLS, QUEUE_LEGS):
            connection.execute(delete(table))
        connection.execute(update(PROJECTIONS).values(position=0))
    tables.catch_up()
    assert tables.rows(*MADE) == kept_up
    assert len(kept_up["calls"]) == 140


CALL = st.sampled_from(["c1", "c2", "c3", "c1+1"])
HAPPENING = st.one_of(
    CALL.flatmap(lambda call: st.sampled_from([*answered(call, 1000.0), *abandoned(call, 1000.0)])),
    st.builds(lambda agent: moved(1000.0, agent), st.sampled_from(["ada", "bob"])),
    st.builds(
        lambda call, resumed: events.QueueEntered(
            at=1001.0,
            call=call,
            queue="support",
            skills="",
            priority=0,
            entered_at=0,
            resumed=resumed,
        ),
        CALL,
        st.booleans(),
    ),
    st.builds(
        lambda call, outcome: events.QueueLeft(
            at=1002.0, call=call, queue="support", outcome=outcome, wait_s=1.0
        ),
        CALL,
        st.sampled_from(QueueOutcome),
    ),
    st.builds(
        lambda call: events.HoldChanged(at=2e3, call=call, held=True, reason="", by=""), CALL
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(HAPPENING, max_size=8), max_size=8), st.booleans())
def test_a_rebuild_is_a_fixed_point(parts: Sequence[Sequence[Event]], lost: bool) -> None:
    """However the events came in, and whether or not the tables had gone."""
    with TemporaryDirectory() as directory:
        tables = Tables(f"sqlite:///{Path(directory) / 'journal.db'}")
        for part in parts:
            tables.write(part)
            tables.catch_up()
        kept_up = tables.rows(*MADE)
        if lost:
            with tables.engine.begin() as connection:
                connection.execute(delete(CALLS))
                connection.execute(delete(QUEUE_LEGS))
        tables.rebuild()
        assert tables.rows(*MADE) == kept_up
        tables.rebuild()
        assert tables.rows(*MADE) == kept_up
        ended = {one.call for part in parts for one in part if isinstance(one, events.CallEnded)}
        assert {row[0] for row in kept_up["calls"]} == ended
        tables.close()


async def test_the_server_keeps_up_and_outlasts_an_outage(tables: Tables) -> None:
    """What happened meanwhile is taken in when the database is back, and nobody waits in a row."""
    tables.write(abandoned("c1", 1000.0))
    waited: list[float] = []

    class EnoughError(Exception):
        """All has been seen."""

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        rows = len(tables.rows("calls")["calls"])
        if rows == 1 and len(waited) == 1:
            tables.rename("events", "events_away")
        elif len(waited) == 2:
            assert seconds == LOOK_S
            tables.rename("events_away", "events")
            tables.write(abandoned("c2", 1000.0))
        elif rows == 2:
            raise EnoughError
        assert len(waited) < 10

    with pytest.raises(EnoughError):
        await Projector(tables.engine).run(lambda: 1e9, sleep)
