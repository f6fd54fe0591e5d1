"""What is older than the site keeps it goes: sound of recordings, voice messages, events.

The journal tells of a deletion before the sound goes, and the file with what is known of the
recording goes last: if a server dies in between, the next turn finds what is left and goes on.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from ivr.model import events
from ivr.model.days import midnight
from ivr.model.errors import JournalAwayError
from ivr.model.recording import KeptRecording
from ivr.model.retention import Due, Kept
from ivr.model.site import Site
from ivr.ports import Clock, Recorder
from ivr.service.holds import Holds
from ivr.service.messages import MailboxService, MessageFileError
from ivr.service.recordings import Recording

log = structlog.get_logger(__name__)

NAME = "retention"
"""Who deletes, when nobody ordered it; and why."""
AT_HOUR = 3
"""Of the site's own day."""
FIRST_S = 60.0
"""After a start: a server that is restarted every night at three must not keep all for ever."""
BATCH = 50
DAY_S = 86400.0
"""A day that is kept; those of the clock on the wall, with summer time, matter to nobody here."""
SOUND = (".raw", ".part", ".wav")
KNOWN = ".json"


class Knowing(Protocol):
    """What the journal knows of a recording; JournalAwayError."""

    async def one(self, recording: str) -> KeptRecording | None: ...


class OldEvents(Protocol):
    """The journal's events of before a moment; JournalAwayError."""

    async def due(self, before: float, kept: Kept) -> Due: ...

    async def prune(self, before: float, kept: Kept) -> Due: ...


@dataclass
class Pruned:
    """What is gone, or in a rehearsal what would go."""

    recordings: int = 0
    bytes: int = 0
    messages: int = 0
    calls: int = 0
    """Whose events are gone."""
    events: int = 0
    """Of these calls, and others."""
    held: int = 0
    """Old enough, but of calls on hold."""
    failed: int = 0
    """Files that could not be deleted; the log says why, and the next turn tries again."""
    nothing_set: bool = False
    """The site sets no `retention`: everything is kept for ever."""


@dataclass(frozen=True)
class _Old:
    recording: Recording
    bytes: int


class Retention:
    """Deletes by the site's rules, every night and when somebody orders it.

    `flush` returns when all events recorded so far will outlive this process; TimeoutError.
    """

    def __init__(
        self,
        site: Callable[[], Site],
        directory: Path,
        boxes: MailboxService,
        holds: Holds,
        library: Knowing,
        old_events: OldEvents,
        flush: Callable[[], Awaitable[None]],
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        self._site = site
        self._directory = directory
        self._boxes = boxes
        self._holds = holds
        self._library = library
        self._old_events = old_events
        self._flush = flush
        self._recorder = recorder
        self._clock = clock
        self._turn = asyncio.Lock()

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """A turn soon, and then every night."""
        wait_s = FIRST_S
        while True:
            await sleep(wait_s)
            try:
                log.info("retention", **vars(await self.prune(by=NAME)))
            except (JournalAwayError, TimeoutError) as error:
                log.error("nothing was deleted: the journal is away", error=str(error))  # noqa: TRY400
            wait_s = next_turn(self._clock.now(), self._site().timezone) - self._clock.now()

    async def prune(self, *, by: str, dry_run: bool = False) -> Pruned:
        """One turn. JournalAwayError and TimeoutError: what could not be put on record stays."""
        async with self._turn:
            done = Pruned(nothing_set=self._site().keeps_everything)
            found = await asyncio.to_thread(lambda: list(self._old()))
            for some in (found[at : at + BATCH] for at in range(0, len(found), BATCH)):
                free = self._free(some, done)
                if not dry_run:
                    await self._tell([one.recording for one in free], by)
                for one in free:
                    # Again: a hold may have been set while it was told, or while others went.
                    for still in self._free([one], done):
                        await self._delete(still, done, dry_run=dry_run)
            self._prune_messages(done, by, dry_run=dry_run)
            await self._prune_events(done, by, dry_run=dry_run)
            return done

    def _old(self) -> Iterator[_Old]:
        """Recordings of which there is still a file, and that are older than their queue keeps
        them; none that is being made."""
        now, site = self._clock.now(), self._site()
        for path in sorted(self._directory.glob(f"*{KNOWN}")):
            try:
                recording = Recording(**json.loads(path.read_text("utf-8")))
            except (OSError, ValueError, TypeError) as error:
                log.warning("recording's metadata not understood", file=path.name, error=str(error))
                continue
            days = site.recordings_days(recording.queue)
            if days is None or recording.result == "recording":
                continue
            if recording.started_at + recording.seconds + days * DAY_S < now:
                sizes = (file.stat().st_size for file in self._sound(recording) if file.exists())
                yield _Old(recording, sum(sizes))

    def _free(self, some: list[_Old], done: Pruned) -> list[_Old]:
        """Those of calls that are not on hold by now."""
        free = [one for one in some if one.recording.call not in self._holds.now]
        done.held += len(some) - len(free)
        return free

    def _sound(self, recording: Recording) -> list[Path]:
        return [self._directory / f"{recording.id}{suffix}" for suffix in SOUND]

    async def _tell(self, recordings: list[Recording], by: str) -> None:
        """On record, durably; what a former turn has told is not told again."""
        for one in recordings:
            known = await self._library.one(one.id)
            if known is not None and known.deleted:
                continue
            self._recorder.record(
                events.RecordingDeleted(
                    at=self._clock.now(), call=one.call, recording=one.id, reason=NAME, by=by
                )
            )
        await self._flush()

    async def _delete(self, one: _Old, done: Pruned, *, dry_run: bool) -> None:
        if not dry_run:
            try:
                await asyncio.to_thread(self._unlink, one.recording)
            except OSError as error:
                log.error("recording not deleted", file=one.recording.id, error=str(error))  # noqa: TRY400
                done.failed += 1
                return
        done.recordings += 1
        done.bytes += one.bytes

    def _unlink(self, recording: Recording) -> None:
        for file in (*self._sound(recording), self._directory / f"{recording.id}{KNOWN}"):
            file.unlink(missing_ok=True)

    def _prune_messages(self, done: Pruned, by: str, *, dry_run: bool) -> None:
        days = self._site().retention.messages_days
        if days is None:
            return
        for one in self._boxes.messages.all():
            if one.at + one.seconds + days * DAY_S >= self._clock.now():
                continue
            if one.call in self._holds.now:
                done.held += 1
                continue
            try:
                if not dry_run:
                    self._boxes.delete(one.mailbox, one.name, by=by)
            except MessageFileError:
                done.failed += 1
            else:
                done.messages += 1

    async def _prune_events(self, done: Pruned, by: str, *, dry_run: bool) -> None:
        site = self._site()
        days = site.retention.events_days
        if days is None:
            return
        before = midnight(self._clock.now() - days * DAY_S, ZoneInfo(site.timezone)).timestamp()
        kept = self._kept(await asyncio.to_thread(self._recorded))
        due = await self._old_events.due(before, kept)
        if due.events and not dry_run:
            self._recorder.record(
                events.EventsPruned(
                    at=self._clock.now(), before=before, calls=due.calls, events=due.events, by=by
                )
            )
            await self._flush()
            due = await self._old_events.prune(before, kept)
        done.calls, done.events = due.calls, due.events
        done.held += due.held

    def _recorded(self) -> frozenset[str]:
        """Calls of which there is a recording, which is named after its call."""
        known = self._directory.glob(f"*{KNOWN}")
        return frozenset(path.stem.rpartition("-")[0] for path in known)

    def _kept(self, recorded: frozenset[str]) -> Kept:
        """Calls whose story belongs to something that is still there."""
        messages = self._boxes.messages.all()
        return Kept(
            recorded | {one.call for one in messages},
            lambda: self._holds.now,
            frozenset(one.file for one in messages),
        )


def next_turn(now: float, timezone: str) -> float:
    """The next three o'clock there, epoch seconds."""
    local = datetime.fromtimestamp(now, ZoneInfo(timezone))
    turn = local.replace(hour=AT_HOUR, minute=0, second=0, microsecond=0)
    if turn <= local:
        turn = (turn + timedelta(days=1)).replace(hour=AT_HOUR)
    return turn.timestamp()
