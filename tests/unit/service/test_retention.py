"""What is too old goes, what is on hold stays, and whoever dies in between forgets nothing."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.model import events
from ivr.model.errors import JournalAwayError
from ivr.model.recording import KeptRecording
from ivr.model.retention import Due, Kept
from ivr.model.site import Queue, Retention, Site
from ivr.service import retention
from ivr.service.holds import Holds, UnknownHoldError
from ivr.service.messages import MailboxService, Messages
from ivr.service.recordings import Recording
from ivr.testing.clock import VirtualClock
from tests.unit.service.fakes import SITE, Events

NOW = 1_000 * 86400.0
DAYS = {"sales": 10, "support": 100, "": 30}
OLD, OLDER = NOW - 11 * 86400, NOW - 101 * 86400


def site(events_days: int | None = None) -> Site:
    """A house that keeps sound for 30 days, one queue for 10, another for 100; messages for 5."""
    queues: dict[str, Queue] = {
        name: SITE.queues[name].model_copy(update={"recordings_days": DAYS[name]})
        for name in ("sales", "support")
    }
    kept = Retention(recordings_days=DAYS[""], messages_days=5, events_days=events_days)
    return SITE.model_copy(update={"queues": queues, "retention": kept})


class Journal:
    """Knows of what was recorded; what was not flushed is gone with the server."""

    def __init__(self, recorded: Events) -> None:
        self.recorded = recorded
        self.durable = 0
        self.is_away = False

    async def one(self, recording: str) -> KeptRecording | None:
        if self.is_away:
            raise JournalAwayError
        return KeptRecording(
            1, recording, "c", "", "", "", 0, 0, "ok", deleted=recording in self.deleted()
        )

    async def flush(self) -> None:
        self.durable = len(self.recorded)

    def dies(self) -> None:
        del self.recorded[self.durable :]

    def deleted(self) -> list[str]:
        return [one.recording for one in self.recorded if isinstance(one, events.RecordingDeleted)]


class OldEvents:
    """A journal with three old calls; remembers what it was asked for."""

    def __init__(self, recorded: Events) -> None:
        self.recorded = recorded
        self.asked: list[tuple[str, float, Kept]] = []

    async def due(self, before: float, kept: Kept) -> Due:
        self.asked.append(("due", before, kept))
        return Due(3, 90, int("c6" in kept.held()))

    async def prune(self, before: float, kept: Kept) -> Due:
        assert self.recorded.of(events.EventsPruned), "told before anything goes"
        self.asked.append(("prune", before, kept))
        return Due(3, 91, int("c6" in kept.held()))


class Archive:
    """A directory of recordings, and who cleans it up."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.clock = VirtualClock(NOW)
        self.events = Events()
        self.events_days: int | None = None
        self.journal = Journal(self.events)
        self.old_events = OldEvents(self.events)
        self.messages = Messages(directory)
        self.holds = Holds(self._knows, self.events, self.clock)
        self.retention = retention.Retention(
            self.site,
            directory,
            MailboxService(self.site, self.messages, self.events, self.clock),
            self.holds,
            self.journal,
            self.old_events,
            self.journal.flush,
            self.events,
            self.clock,
        )

    def site(self) -> Site:
        return site(self.events_days)

    async def _knows(self, call: str) -> bool:
        return call.startswith("c")

    def keep_events(self, days: int) -> None:
        """From now on the house deletes those that are older."""
        self.events_days = days

    def keep(self, call: str, queue: str, started_at: float, result: str = "ok") -> str:
        one = Recording(f"{call}-1", call, queue, "ada" if queue else "", started_at, 60.0, result)
        (self.directory / f"{one.id}.json").write_text(json.dumps(asdict(one)))
        (self.directory / f"{one.id}.wav").write_bytes(b"\0" * 100)
        return one.id

    def left(self) -> set[str]:
        return {path.name for path in self.directory.iterdir()}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


async def test_each_queue_keeps_its_recordings_for_its_own_time(archive: Archive) -> None:
    gone = [archive.keep("c1", "sales", OLD), archive.keep("c2", "support", OLDER)]
    gone.append(archive.keep("c3", "", NOW - 31 * 86400))
    stays = [archive.keep("c4", "support", OLD), archive.keep("c5", "", OLD)]
    stays.append(archive.keep("c6", "sales", OLDER, result="recording"))
    done = await archive.retention.prune(by="max")
    assert (done.recordings, done.bytes, done.held, done.failed) == (3, 300, 0, 0)
    assert archive.left() == {f"{one}{end}" for one in stays for end in (".json", ".wav")}
    told = [one for one in archive.events if isinstance(one, events.RecordingDeleted)]
    assert [(one.recording, one.by, one.reason) for one in told] == [
        (one, "max", "retention") for one in gone
    ]


async def test_a_turn_tells_when_the_site_keeps_everything(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not (await archive.retention.prune(by="max")).nothing_set
    one_queue = site().model_copy(update={"retention": Retention()})
    monkeypatch.setattr(archive.retention, "_site", lambda: one_queue)
    assert not (await archive.retention.prune(by="max")).nothing_set
    monkeypatch.setattr(archive.retention, "_site", lambda: SITE)
    assert (await archive.retention.prune(by="max")).nothing_set


async def test_a_recording_stays_to_the_end_of_its_last_day(archive: Archive) -> None:
    archive.keep("c1", "sales", NOW - 10 * 86400 - 60)
    assert (await archive.retention.prune(by="max")).recordings == 0
    archive.clock.advance(1)
    assert (await archive.retention.prune(by="max")).recordings == 1


async def test_what_is_on_hold_stays_until_the_hold_is_lifted(archive: Archive) -> None:
    archive.keep("c1", "sales", OLDER)
    message(archive, "c1")
    await archive.holds.hold("c1", "a complaint", "max")
    held = await archive.retention.prune(by="max")
    assert (held.recordings, held.messages, held.held) == (0, 0, 2)
    assert len(archive.left()) == 3
    archive.holds.lift("c1", "max")
    gone = await archive.retention.prune(by="max")
    assert (gone.recordings, gone.messages, gone.held) == (1, 1, 0)


async def test_a_hold_set_while_recordings_go_holds_from_then_on(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One while they are told of, one while the first is deleted."""
    for call in ("c1", "c2", "c3"):
        archive.keep(call, "sales", OLD)
    flush, delete = archive.journal.flush, archive.retention._delete

    async def flushed() -> None:
        await archive.holds.hold("c2", "a complaint", "max")
        await flush()

    async def deleted(*arguments: Any, dry_run: bool) -> None:
        await delete(*arguments, dry_run=dry_run)
        await archive.holds.hold("c3", "a complaint", "max")

    monkeypatch.setattr(archive.retention, "_flush", flushed)
    monkeypatch.setattr(archive.retention, "_delete", deleted)
    done = await archive.retention.prune(by="max")
    assert (done.recordings, done.held) == (1, 2)
    assert archive.left() == {"c2-1.json", "c2-1.wav", "c3-1.json", "c3-1.wav"}


async def test_holds_come_over_a_restart_and_need_a_call(archive: Archive) -> None:
    await archive.holds.hold("c1", "a complaint", "max")
    await archive.holds.hold("c2", "a law suit", "max")
    archive.holds.lift("c1", "eva")
    later = Archive(archive.directory).holds
    later.learn([one for one in archive.events if isinstance(one, events.HoldChanged)])
    assert list(later.now) == ["c2"]
    with pytest.raises(UnknownHoldError, match="no hold"):
        later.lift("c1", "eva")
    with pytest.raises(UnknownHoldError, match="no call"):
        await later.hold("x", "a typing error", "eva")


async def test_a_rehearsal_counts_and_changes_nothing(archive: Archive) -> None:
    archive.keep("c1", "sales", OLD)
    message(archive, "c2")
    before = archive.left()
    done = await archive.retention.prune(by="max", dry_run=True)
    assert (done.recordings, done.bytes, done.messages) == (1, 100, 1)
    assert archive.left() == before
    assert list(archive.events) == []


@pytest.mark.parametrize("step", range(8))
async def test_who_dies_at_any_step_is_finished_by_the_next(
    archive: Archive, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the flush, and at each of the files; sound never goes untold."""
    for call in ("c1", "c2"):
        archive.keep(call, "sales", OLD)
    unlink, steps = Path.unlink, iter(range(100))

    def deadly(path: Path, missing_ok: bool = False) -> None:
        if next(steps) == step:
            raise KeyboardInterrupt
        assert archive.journal.durable == 2, "told before anything goes"
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", deadly)
    with pytest.raises(KeyboardInterrupt):
        await archive.retention.prune(by="max")
    monkeypatch.undo()
    archive.journal.dies()
    for call in {path.stem for path in archive.directory.glob("*.json")}:
        assert call in archive.journal.deleted(), "the journal tells of what may be gone"
    await archive.retention.prune(by="max")
    assert archive.left() == set()
    assert archive.journal.deleted() == ["c1-1", "c2-1"]


async def test_who_dies_before_it_is_on_record_has_deleted_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.keep("c1", "sales", OLD)

    async def never() -> None:
        raise TimeoutError

    monkeypatch.setattr(archive.retention, "_flush", never)
    with pytest.raises(TimeoutError):
        await archive.retention.prune(by="max")
    assert len(archive.left()) == 2
    monkeypatch.undo()
    archive.journal.is_away = True
    with pytest.raises(JournalAwayError):
        await archive.retention.prune(by="max")
    assert len(archive.left()) == 2


async def test_a_file_that_cannot_be_deleted_holds_up_no_other(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.keep("c1", "sales", OLD)
    archive.keep("c2", "sales", OLD)
    unlink = Path.unlink

    def stuck(path: Path, missing_ok: bool = False) -> None:
        if path.name == "c1-1.wav":
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", stuck)
    done = await archive.retention.prune(by="max")
    assert (done.recordings, done.failed) == (1, 1)
    assert archive.left() == {"c1-1.json", "c1-1.wav"}


def message(archive: Archive, call: str, at: float = NOW - 6 * 86400) -> None:
    file = f"front/{call}.wav"
    (archive.directory / "front").mkdir(exist_ok=True)
    (archive.directory / file).touch()
    left = events.MessageLeft(at=at, call=call, mailbox="front", file=file, seconds=3.0)
    archive.messages.record(left)


async def test_old_messages_go_young_ones_stay(archive: Archive) -> None:
    message(archive, "c1")
    message(archive, "c2", NOW - 4 * 86400)
    assert (await archive.retention.prune(by="max")).messages == 1
    assert {path.name for path in (archive.directory / "front").iterdir()} == {"c2.wav"}


async def test_a_turn_soon_after_the_start_and_then_every_night(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A night in which the journal was away is made up for in the next one."""
    turns: list[float] = []

    class EnoughError(Exception):
        """Three nights."""

    async def sleep(seconds: float) -> None:
        if len(turns) == 3:
            raise EnoughError
        archive.clock.advance(seconds)
        turns.append(archive.clock.now())
        archive.journal.is_away = len(turns) == 1

    archive.keep("c1", "sales", OLD)
    with pytest.raises(EnoughError):
        await archive.retention.run(sleep)
    assert turns == [NOW + 60, NOW + 3 * 3600, NOW + 27 * 3600]
    assert archive.left() == set()


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-28T12:00", "2026-03-29T03:00"),
        ("2026-03-29T01:59:59", "2026-03-29T03:00"),
        ("2026-03-29T03:00", "2026-03-30T03:00"),
        ("2026-10-24T03:00", "2026-10-25T03:00"),
    ],
)
def test_three_in_the_night_also_when_the_clock_is_changed(now: str, then: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begun, wanted = (
        datetime.fromisoformat(text).replace(tzinfo=berlin).timestamp() for text in (now, then)
    )
    assert retention.next_turn(begun, "Europe/Berlin") == wanted


async def test_old_events_go_by_whole_days_and_are_told_of_first(archive: Archive) -> None:
    recorded = archive.keep("c4", "support", OLD)
    message(archive, "c5", NOW - 86400)
    await archive.holds.hold("c6", "a complaint", "max")
    archive.keep_events(90)
    archive.clock.advance(3600)
    done = await archive.retention.prune(by="max")
    assert (done.calls, done.events, done.held) == (3, 91, 1)
    before = NOW - 90 * 86400
    (told,) = archive.events.of(events.EventsPruned)
    assert (told.before, told.calls, told.events, told.by) == (before, 3, 90, "max")
    assert recorded == "c4-1"
    asked = archive.old_events.asked
    assert [(what, moment) for what, moment, _ in asked] == [("due", before), ("prune", before)]
    for _, _, kept in asked:
        assert (kept.calls, kept.messages) == ({"c4", "c5"}, {"front/c5.wav"})
        assert [call for call in ("c4", "c5", "c6", "c7") if kept.has(call)] == ["c4", "c5", "c6"]
    await archive.holds.hold("c7", "a complaint", "max")
    assert asked[0][2].has("c7"), "a hold that is set later counts as well"


async def test_without_a_rule_events_are_kept_and_a_rehearsal_only_asks(archive: Archive) -> None:
    await archive.retention.prune(by="max")
    assert archive.old_events.asked == []
    archive.keep_events(90)
    done = await archive.retention.prune(by="max", dry_run=True)
    assert (done.calls, done.events) == (3, 90)
    assert [what for what, _, _ in archive.old_events.asked] == ["due"]
    assert archive.events == []


async def test_events_stay_while_it_cannot_be_told(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> None:
        raise TimeoutError

    archive.keep_events(90)
    monkeypatch.setattr(archive.retention, "_flush", never)
    with pytest.raises(TimeoutError):
        await archive.retention.prune(by="max")
    assert [what for what, _, _ in archive.old_events.asked] == ["due"]
