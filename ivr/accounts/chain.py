"""The audit: append-only, each record chained to the one before it by its hash.

The scheme is that of the hash-chained log of Schneier and Kelsey ("Secure Audit Logs to Support
Computer Forensics", 1999), without its keys: a record's hash is SHA-256 over the hash before it
and the record as canonical JSON (RFC 8785 for the strings and whole numbers used here). So a
record that is changed, removed or inserted breaks the chain at its place.

What a chain alone cannot show, that its end was cut off or all of it was written anew, the head
shows: number and hash of the last record, kept outside the database. It is there before the first
record, and moves on only while the record it names is still there, so that records written after
such a break do not hide it; a head that is damaged or gone is a break as well. `verify` tells the
head, so that it can be kept elsewhere, too, and compared later.
"""

import fcntl
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine, insert, select

from ivr.accounts.tables import AUDIT
from ivr.model.errors import IvrError

log = structlog.get_logger(__name__)

FIRST = "0" * 64
"""What stands before the first record."""
_LOCK = 0x6976_7261
"""Number of the advisory lock under which PostgreSQL's records are appended."""


_GONE = "audit.head is missing"


class BrokenChainError(IvrError):
    """The audit is not as it was written: where, and how that shows."""


@dataclass(frozen=True)
class Note:
    """Something worth a record."""

    at: float
    who: str
    """A user, `api`, `cli`, an extension or agent; empty: nobody who is known."""
    action: str
    target: str = ""
    details: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Record:
    """As it lies in the database."""

    id: int
    at_ms: int
    who: str
    action: str
    target: str
    details: str
    hash: str

    def expected(self, before: str) -> str:
        """The hash it must have after that one."""
        content = {name: value for name, value in asdict(self).items() if name != "hash"}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return sha256(before.encode() + text.encode()).hexdigest()


@dataclass(frozen=True)
class Head:
    """The last record known."""

    id: int
    hash: str

    def __str__(self) -> str:
        return f"{self.id}:{self.hash}"


NOTHING = Head(0, FIRST)
"""Of a chain without a record."""
_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


def head_of(text: str) -> Head | None:
    """Reads `ID:HASH`; None for anything else."""
    found = _HEAD.fullmatch(text.strip())
    return Head(int(found[1]), found[2]) if found else None


class Chain:
    """Blocking; several processes may append. Each method raises SQLAlchemyError."""

    def __init__(
        self, engine: Engine, head_file: Path, broken: Callable[[], None] = lambda: None
    ) -> None:
        """`broken` is told, in any thread, of each writing that finds the kept record gone, or
        the head that names it."""
        self._engine = engine
        self._head_file = head_file
        self._broken = broken
        self._lamented = ""
        """What is in the log already."""

    @contextmanager
    def transaction(self) -> Iterator[tuple[Connection, list[Note]]]:
        """Changes by the connection and records for the notes, all of it or none."""
        notes: list[Note] = []
        with self._engine.connect() as connection:
            _be_the_only_writer(connection)
            yield connection, notes
            # Read before the record: whoever kept it had that one committed.
            trouble = self._trouble(connection)
            head = _append(connection, notes)
            connection.commit()
        if trouble:
            self._tell_broken(trouble)
        elif head is not None:
            self._keep_if_possible(head)

    def append(self, notes: Sequence[Note]) -> None:
        with self.transaction() as (_, to_add):
            to_add.extend(notes)

    def latest(self, limit: int) -> list[Record]:
        """Oldest first."""
        query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
        with self._engine.connect() as connection:
            return [Record(*row) for row in connection.execute(query)][::-1]

    def verify(self, noted: Head | None = None) -> Head:
        """The head of a sound chain, which goes through the head kept in the state directory and
        through `noted`; BrokenChainError."""
        damage, kept = "", None
        try:
            kept = self._kept()
        except BrokenChainError as error:
            damage = str(error)
        known = [head for head in (kept, noted) if head is not None]
        before, number, met = FIRST, 0, {NOTHING}
        with self._engine.connect() as connection:
            for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id)):
                record = Record(*row)
                _check(record, number + 1, before)
                before, number = record.hash, record.id
                met |= {head for head in known if head == Head(number, before)}
        for head in known:
            if head not in met and head.id > number:
                raise BrokenChainError(
                    f"records {number + 1} to {head.id} are missing: the end was cut off"
                )
            if head not in met:
                raise BrokenChainError(f"record {head.id} is another one: all was written anew")
        if kept is None and number and not damage and self._kept() is None:  # still not
            damage = _GONE
        if damage:
            raise BrokenChainError(
                f"{damage}: whether its end was cut off nobody can tell; as the database has it, "
                f"{number} records are unbroken, the last: {Head(number, before)}"
            )
        return Head(number, before)

    def _kept(self) -> Head | None:
        """None: there is no file. BrokenChainError for one that cannot be read."""
        try:
            text = self._head_file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BrokenChainError(f"audit.head cannot be read ({error.strerror})") from error
        head = head_of(text.decode("ascii", "replace"))
        if head is None:
            raise BrokenChainError("audit.head is damaged")
        return head

    def _trouble(self, connection: Connection) -> str:
        """What is wrong with the end of the chain; empty: nothing."""
        try:
            kept = self._kept()
        except BrokenChainError as error:
            return str(error)
        if kept is None:
            if connection.execute(select(AUDIT.c.id).limit(1)).first() is not None:
                return _GONE
            # Before the first record, so that none is ever without: the process may end between.
            self._keep(NOTHING)
            return ""
        return "" if _holds(connection, kept) else f"its last known record, {kept.id}, is gone"

    def _tell_broken(self, trouble: str) -> None:
        self._broken()
        if trouble != self._lamented:
            self._lamented = trouble
            log.error(
                "the audit was changed behind the server's back; `ivr audit verify` tells where, "
                "and audit.head stays as it is",
                trouble=trouble,
            )

    def _keep_if_possible(self, head: Head) -> None:
        """Never raises: the record is written, and a head that is behind is no fault."""
        try:
            self._keep(head)
        except (OSError, BrokenChainError) as error:
            log.warning(
                "audit.head cannot be written; the next record tries again", error=str(error)
            )

    def _keep(self, head: Head) -> None:
        """Unless another process has kept a later one, or somebody took the file away."""
        directory = self._head_file.parent
        with _only_one_in(directory):
            kept = self._kept()
            if kept.id >= head.id if kept else head != NOTHING:
                return
            handle, name = tempfile.mkstemp(dir=directory, prefix=".head-")
            with os.fdopen(handle, "w", encoding="ascii") as out:
                out.write(f"{head}\n")
            os.replace(name, self._head_file)


@contextmanager
def _only_one_in(directory: Path) -> Iterator[None]:
    """Of all processes; each is inside for the time of one small file."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _be_the_only_writer(connection: Connection) -> None:
    """Until the transaction ends; others wait, as long as the database lets anybody wait."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _holds(connection: Connection, head: Head) -> bool:
    if head == NOTHING:
        return True
    query = select(AUDIT.c.hash).where(AUDIT.c.id == head.id)
    return connection.execute(query).scalar() == head.hash


def _append(connection: Connection, notes: Sequence[Note]) -> Head | None:
    last = connection.execute(select(AUDIT).order_by(AUDIT.c.id.desc()).limit(1)).first()
    head = Head(last.id, last.hash) if last is not None else NOTHING
    for note in notes:
        draft = Record(
            head.id + 1,
            round(note.at * 1000),
            _storable(note.who),
            note.action,
            _storable(note.target),
            json.dumps(note.details or {}, sort_keys=True),
            "",
        )
        digest = draft.expected(head.hash)
        connection.execute(insert(AUDIT).values(**{**asdict(draft), "hash": digest}))
        head = Head(draft.id, digest)
    return head if notes else None


def _check(record: Record, number: int, before: str) -> None:
    if record.id < number:
        raise BrokenChainError(f"record {record.id} was inserted")
    if record.id > number:
        raise BrokenChainError(f"missing: record {number}, and all up to {record.id}")
    if record.hash != record.expected(before):
        raise BrokenChainError(
            f"record {record.id} was changed, or what was before it was inserted or removed"
        )


def _storable(text: str) -> str:
    """Text any database takes."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
