"""Looking for recordings in the journal, on each kind of database."""

from collections.abc import AsyncIterator

import pytest

from ivr.journal import Journal, library
from ivr.journal.database import open_engine
from ivr.journal.library import Library
from ivr.model import events
from ivr.model.errors import JournalAwayError
from ivr.model.recording import RecordingsAsked, Silence
from tests.unit.journal.conftest import Disk


@pytest.fixture
async def shelves(disk: Disk, journal: Journal) -> AsyncIterator[Library]:
    """Four recordings: `c1-1` of the flow, then `c1-2` of Ann; `c2-1` of Ben; `c3-1` not over."""
    recorded(journal, "c1", "201", ("c1-1", "", "", 2.0), ("c1-2", "sales", "ann", 60.0))
    recorded(journal, "c2", "", ("c2-1", "billing", "ben", 5.0))
    for code in ("later", "sold"):
        journal.record(
            events.DispositionGiven(
                at=1070.0,
                call="c1",
                agent="ann",
                queue="sales",
                code=code,
                title=code.title(),
                group="",
                note="a note",
                by="ann",
            )
        )
    recorded(journal, "c3", "203", ("c3-1", "sales", "ann", None))
    await journal.settled()
    engine = open_engine(disk.url)
    yield Library(engine)
    engine.dispose()


def recorded(
    journal: Journal, call: str, caller: str, *made: tuple[str, str, str, float | None]
) -> None:
    at = 1000.0 * int(call.removeprefix("c"))
    journal.record(
        events.CallStarted(
            at=at, call=call, caller=caller, caller_name="", dialled="6", flow="f", channel=call
        )
    )
    for name, queue, agent, seconds in made:
        about = {"call": call, "recording": name}
        journal.record(events.RecordingStarted(at=at, **about, queue=queue, agent=agent))
        if seconds is not None:
            end = {"result": "ok", "seconds": seconds, "bytes": 9}
            journal.record(events.RecordingFinished(at=at + seconds, **about, **end))


async def names(shelves: Library, seen: str = "", **asked: object) -> list[str]:
    found, _ = await shelves.find(RecordingsAsked(**asked), lambda agent: not seen or agent == seen)
    return [one.recording for one in found]


async def test_the_latest_come_first(shelves: Library) -> None:
    assert await names(shelves) == ["c3-1", "c2-1", "c1-2", "c1-1"]
    assert await names(shelves, seen="ann") == ["c3-1", "c1-2"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"since": 2000.0}, ["c3-1", "c2-1"]),
        ({"until": 1999.9}, ["c1-2", "c1-1"]),
        ({"agent": "ann"}, ["c3-1", "c1-2"]),
        ({"queue": "billing"}, ["c2-1"]),
        ({"call": "c1"}, ["c1-2", "c1-1"]),
        ({"caller": "201"}, ["c1-2", "c1-1"]),
        ({"result": "recording"}, ["c3-1"]),
        ({"disposition": "sold"}, ["c1-2"]),
        ({"disposition": "later"}, []),
        ({"seconds_min": 5.0}, ["c2-1", "c1-2"]),
        ({"agent": "ann", "seconds_min": 5.0, "caller": "201"}, ["c1-2"]),
        ({"agent": "nobody"}, []),
    ],
)
async def test_what_is_asked_for_is_found(
    shelves: Library, asked: dict[str, object], found: list[str]
) -> None:
    assert await names(shelves, **asked) == found


async def test_page_after_page_nothing_is_left_out_or_told_twice(
    shelves: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "CHUNK", 1)
    told, before = [], 0
    while True:
        found, before = await shelves.find(RecordingsAsked(limit=1, before=before), lambda _: True)
        told += [one.recording for one in found]
        if not before:
            break
    assert told == ["c3-1", "c2-1", "c1-2", "c1-1"]


async def test_one_question_looks_at_so_many_and_says_where_to_go_on(
    shelves: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "CHUNK", 1)
    monkeypatch.setattr(library, "LOOKED_AT_MAX", 2)
    nothing, before = await shelves.find(RecordingsAsked(caller="201"), lambda _: True)
    assert nothing == []
    found, _ = await shelves.find(RecordingsAsked(caller="201", before=before), lambda _: True)
    assert [one.recording for one in found] == ["c1-2", "c1-1"]


async def test_silences_are_told_in_seconds_of_the_recording(disk: Disk, journal: Journal) -> None:
    about = {"call": "c1", "recording": "c1-1"}
    journal.record(events.RecordingStarted(at=10.0, **about, queue="q", agent="ann"))
    journal.record(events.RecordingPaused(at=12.0, **about, reason="agent"))
    journal.record(events.RecordingResumed(at=15.5, **about, reason="agent"))
    journal.record(events.RecordingPaused(at=20.0, **about, reason="sensitive"))
    await journal.settled()
    engine = open_engine(disk.url)
    one = await Library(engine).one("c1-1")
    engine.dispose()
    assert one is not None
    assert one.silences == (Silence(2.0, 5.5, "agent"), Silence(10.0, None, "sensitive"))
    assert (one.result, one.caller) == ("recording", "")


@pytest.mark.parametrize("name", ["c1-3", "c1", "", "-", "x" * 3000, "c1-1\0"])
async def test_what_was_never_made_is_nothing(shelves: Library, name: str) -> None:
    assert await shelves.one(name) is None


async def test_a_database_that_fails_is_told(shelves: Library, disk: Disk) -> None:
    with disk.outage(), pytest.raises(JournalAwayError):
        await shelves.one("c1-1")
