"""From events to the audit, without anybody waiting."""

import asyncio
import time

import pytest
from structlog.testing import capture_logs

from ivr.accounts import Trail, trail
from ivr.accounts.chain import Note
from ivr.model import events
from tests.unit.accounts.rooms import Rooms

LISTENS = {"call": "c1", "supervisor": "sue", "agent": "ann"}
EVENTS = [
    events.SupervisionStarted(at=1.0, mode="listen", **LISTENS),
    events.SupervisionModeChanged(at=2.0, mode="barge", **LISTENS),
    events.SupervisionEnded(at=3.0, seconds=2.0, **LISTENS),
    events.SupervisionRefused(at=4.0, supervisor="sue", agent="cem", reason="other_team"),
    events.OrderGiven(at=5.0, by="eva", order="pause lunch", target="ann", agent="ann"),
    events.PinRefused(at=5.5, extension="1009", agent="eva", code="*15", wait_s=0.0),
    events.ClosureChanged(at=6.0, closure="house", closed=True, by="1009"),
    events.SiteReloaded(at=7.0, changes=2, detail="", config="abcd", by="eva"),
    events.ReloadFailed(at=8.0, detail="site.yaml:1:1: no", by="eva"),
    events.RecordingPlayed(at=8.5, call="c1", recording="c1-1", agent="ann", by="sue"),
    events.MessageHeard(at=9.0, mailbox="front", file="front/c1.wav", heard=True, by="1001"),
    events.MessageDeleted(at=10.0, mailbox="front", file="front/c1.wav", by="eva"),
    events.EventsPruned(at=10.5, before=9.0, calls=2, events=30, by="eva"),
    events.AmiConnected(at=11.0),
]
RECORDS = [
    ("sue", "supervision.started", "ann"),
    ("sue", "supervision.mode", "ann"),
    ("sue", "supervision.ended", "ann"),
    ("sue", "supervision.refused", "cem"),
    ("eva", "order.given", "ann"),
    ("1009", "pin.refused", "eva"),
    ("1009", "closure.changed", "house"),
    ("eva", "site.reloaded", "abcd"),
    ("eva", "site.refused", ""),
    ("sue", "recording.played", "c1-1"),
    ("1001", "voicemail.heard", "front/c1.wav"),
    ("eva", "voicemail.deleted", "front/c1.wav"),
    ("eva", "journal.pruned", ""),
]


async def test_what_somebody_answers_for_becomes_a_record(rooms: Rooms) -> None:
    for event in EVENTS:
        rooms.trail.record(event)
    await rooms.trail.close()
    assert rooms.actions()[1:] == RECORDS
    assert rooms.store.chain.latest(len(RECORDS))[1].details == '{"call": "c1", "mode": "barge"}'


async def test_nobody_waits_for_a_database_that_hangs_and_nothing_is_lost(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "RETRY_S", 0.01)
    rooms.sql("ALTER TABLE audit RENAME TO away")
    begun = time.perf_counter()
    for _ in range(100):
        rooms.trail.record(EVENTS[0])
        await asyncio.sleep(0)
    assert time.perf_counter() - begun < 1.0
    rooms.sql("ALTER TABLE away RENAME TO audit")
    await rooms.trail.close()
    assert rooms.store.chain.verify().id == 101


async def test_what_is_too_much_is_counted_and_the_count_is_on_record(rooms: Rooms) -> None:
    small = Trail(rooms.store.chain, rooms.clock.now, buffer_max=3)
    for number in range(5):
        small.add(Note(1.0, "x", "x.done", str(number)))
    small.start()
    await small.close()
    assert [target for _, _, target in rooms.actions()[1:]] == ["0", "1", "2", ""]
    assert rooms.store.chain.latest(1)[0].action == "audit.lost"
    assert rooms.store.chain.latest(1)[0].details == '{"records": 2}'


async def test_records_left_at_the_end_are_told(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "CLOSE_S", 0.05)
    rooms.sql("ALTER TABLE audit RENAME TO away")
    with capture_logs() as logs:
        rooms.trail.record(EVENTS[0])
        await rooms.trail.close()
    assert logs[-1]["event"].startswith("audit records were not written")
    assert logs[-1]["records"] == 1


async def test_a_record_that_no_database_takes_ends_nothing(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "RETRY_S", 0.01)
    for name, details in (("a", {}), ("b", {"what": object()}), ("c", {})):
        rooms.trail.add(Note(1.0, name, "x.done", details=details))
    with capture_logs() as logs:
        await rooms.trail.close()
    assert [who for who, _, _ in rooms.actions()[1:]] == ["a", "c", ""]
    assert rooms.store.chain.latest(1)[0].details == '{"records": 1}'
    assert {one["event"] for one in logs} == {"audit records cannot be written"}


@pytest.mark.parametrize("damage", [b"\xff", b"9" * 5000 + b":" + b"a" * 64])
async def test_a_damaged_head_ends_nothing(rooms: Rooms, damage: bytes) -> None:
    rooms.head_file.write_bytes(damage)
    rooms.trail.record(EVENTS[0])
    await rooms.trail.close()
    assert len(rooms.actions()) == 2
