"""Voice messages: which there are, who owns them, whether they were listened to."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from ivr.model import events
from ivr.model.errors import IvrError
from ivr.model.site import Site
from ivr.ports import Clock, Recorder
from ivr.service.message_files import file_of, kept_seconds

FREE_BYTES_MIN = 64 * 1024 * 1024
"""With less on the disk no message begins: what runs on it needs the rest."""

log = structlog.get_logger(__name__)


class UnknownMessageError(IvrError):
    """There is no such message (any more)."""


class MessageFileError(IvrError):
    """The disk refuses; the message says what."""


@dataclass(frozen=True)
class Kept:
    """One message."""

    mailbox: str
    file: str
    call: str
    caller: str
    """Calling number; empty: withheld, or not known."""
    at: float
    seconds: float
    heard: bool = False
    notified: bool = False
    """The mailbox's hook has been told, or could not be."""

    @property
    def name(self) -> str:
        """Unique in its mailbox."""
        return Path(self.file).stem


def owners(site: Site, mailbox: str) -> Sequence[str]:
    """The agents whose mailbox this is; nobody, if there is none of this name."""
    box = site.mailboxes.get(mailbox)
    if box is None:
        return ()
    agents = site.agents.items()
    return [name for name, one in agents if name in box.agents or one.team in box.teams]


def mailboxes_of(site: Site, agent: str) -> Sequence[str]:
    """The mailboxes this agent owns, in the order of the site file."""
    return [name for name in site.mailboxes if agent in owners(site, name)]


class Messages:
    """A recorder: it learns of messages from what happens; the journal brings them over a restart,
    as far as their files are still there."""

    def __init__(self, directory: Path) -> None:
        """Below it, a directory for each mailbox."""
        self.directory = directory
        self._kept: dict[str, Kept] = {}
        """By file, in the order they were left."""

    def learn(self, history: Iterable[events.Event]) -> None:
        """What former servers wrote down, in order."""
        for event in history:
            self.record(event)
        for file in [file for file in self._kept if not (self.directory / file).is_file()]:
            log.warning("a message's file is gone", file=file)
            del self._kept[file]

    def record(self, event: events.Event) -> None:
        match event:
            case events.MessageLeft():
                self._kept[event.file] = Kept(
                    event.mailbox, event.file, event.call, event.caller, event.at, event.seconds
                )
            case events.MessageHeard() if event.file in self._kept:
                self._kept[event.file] = replace(self._kept[event.file], heard=event.heard)
            case events.MessageNotified() if event.file in self._kept:
                self._kept[event.file] = replace(self._kept[event.file], notified=True)
            case events.MessageDeleted():
                self._kept.pop(event.file, None)

    def all(self) -> Sequence[Kept]:
        """Every message, the oldest first."""
        return list(self._kept.values())

    def of(self, mailboxes: Iterable[str]) -> Sequence[Kept]:
        """Those in these mailboxes, the oldest first."""
        wanted = set(mailboxes)
        return [one for one in self._kept.values() if one.mailbox in wanted]

    def get(self, file: str) -> Kept:
        """UnknownMessageError."""
        if file not in self._kept:
            raise UnknownMessageError(f"there is no message {file.removesuffix('.wav')!r}")
        return self._kept[file]

    def oldest_file_at(self) -> float | None:
        """When the oldest file of a message was written last; None: there is none."""
        return min((file.stat().st_mtime for file in self.directory.glob("*/*.wav")), default=None)


class MailboxService:
    """What is done with messages; each change is on record. Implements the Mailboxes port."""

    def __init__(
        self,
        site: Callable[[], Site],
        messages: Messages,
        recorder: Recorder,
        clock: Clock,
        free_bytes: Callable[[Path], int] = lambda place: shutil.disk_usage(place).free,
    ) -> None:
        """`site` is the one in force, for its mailboxes."""
        self.site = site
        self.messages = messages
        self._recorder = recorder
        self._clock = clock
        self._free_bytes = free_bytes

    def takes(self, mailbox: str) -> bool:
        """Whether there is room for another message, in the mailbox and on the disk."""
        box = self.site().mailboxes.get(mailbox)
        if box is not None and len(self.messages.of([mailbox])) >= box.messages_max:
            return False
        try:
            return self._free_bytes(self.messages.directory) >= FREE_BYTES_MIN
        except OSError as error:
            log.error("no place for messages", error=str(error))  # noqa: TRY400
            return False

    def mark(self, mailbox: str, name: str, *, heard: bool, by: str, agent: str = "") -> bool:
        """False when it was so already, which is not recorded. Raises UnknownMessageError."""
        message = self.messages.get(file_of(mailbox, name))
        if message.heard == heard:
            return False
        self._recorder.record(
            events.MessageHeard(
                at=self._clock.now(),
                mailbox=mailbox,
                file=message.file,
                heard=heard,
                by=by,
                agent=agent,
            )
        )
        return True

    def delete(self, mailbox: str, name: str, *, by: str, agent: str = "") -> None:
        """Raises UnknownMessageError, and MessageFileError when the file stays: then so does the
        message."""
        message = self.messages.get(file_of(mailbox, name))
        try:
            (self.messages.directory / message.file).unlink(missing_ok=True)
        except OSError as error:
            log.error("message not deleted", file=message.file, error=str(error))  # noqa: TRY400
            raise MessageFileError(f"the message stays: {error.strerror}") from error
        self._recorder.record(
            events.MessageDeleted(
                at=self._clock.now(), mailbox=mailbox, file=message.file, by=by, agent=agent
            )
        )

    def adopt(self, call: str) -> None:
        """A call whose server died: a message it left meanwhile lies there, and nobody knows it."""
        known = {one.file for one in self.messages.all()}
        for path in sorted(self.messages.directory.glob(f"*/{call}*.wav")):
            file = f"{path.parent.name}/{path.name}"
            if file in known:
                continue
            try:
                seconds = kept_seconds(path)
            except OSError as error:
                log.error("message not taken over", file=file, error=str(error))  # noqa: TRY400
                continue
            if seconds:
                self._recorder.record(
                    events.MessageLeft(
                        at=self._clock.now(),
                        call=call,
                        mailbox=path.parent.name,
                        file=file,
                        seconds=seconds,
                    )
                )

    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Mailbox -> (new, heard) messages, for every mailbox of the site in force."""
        counts = {name: [0, 0] for name in self.site().mailboxes}
        for one in self.messages.all():
            if one.mailbox in counts:
                counts[one.mailbox][one.heard] += 1
        return {name: (new, heard) for name, (new, heard) in counts.items()}


class Adoption:
    """A recorder: when a call turns out to have outlived a server, its messages are taken over."""

    def __init__(self, adopt: Callable[[str], None]) -> None:
        self._adopt = adopt

    def record(self, event: events.Event) -> None:
        match event:
            case events.CallResumed() | events.CallEnded(result="lost"):
                self._adopt(event.call)
