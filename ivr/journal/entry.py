"""One row of the journal, and its two other forms: a domain event, a line of JSON."""

import json
from dataclasses import MISSING, astuple, dataclass, fields
from enum import StrEnum
from typing import Any, get_type_hints

from ivr.model.errors import IvrError
from ivr.model.events import EVENT_TYPES, Event


class UnreadableEntryError(IvrError):
    """A stored entry does not hold what its type asks for: damaged, or of another version."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`id` is the order of all events, `seq` counts from 1 within a call (None without one); for
    what comes long after a call has ended (its recording is played, deleted), it may begin anew."""

    id: int
    call: str | None
    seq: int | None
    at_ms: int
    type: str
    agent: str | None
    data: str

    @property
    def at(self) -> float:
        """UTC epoch seconds."""
        return self.at_ms / 1000

    def fields(self) -> dict[str, Any]:
        """What the event says beyond call and time."""
        return dict(json.loads(self.data))

    def line(self) -> str:
        """One line of JSON, as the spill file holds it."""
        return json.dumps(astuple(self)) + "\n"


def call_of(event: Event) -> str | None:
    """The call the event belongs to, if any."""
    return _storable(getattr(event, "call", ""))


def entry_of(event: Event, number: int, seq: int | None) -> Entry:
    values = {name: value for name, value in vars(event).items() if name not in ("at", "call")}
    return Entry(
        id=number,
        call=call_of(event),
        seq=seq,
        at_ms=round(event.at * 1000),
        type=event.type,
        agent=_storable(values.get("agent", "")),
        data=json.dumps(values),
    )


def event_of(entry: Entry) -> Event:
    """The domain event again, its time rounded to the millisecond; UnreadableEntryError."""
    kind = EVENT_TYPES.get(entry.type)
    if kind is None:
        raise UnreadableEntryError(f"journal entry {entry.id}: unknown event type {entry.type!r}")
    values = {"at": entry.at, "call": entry.call or "", **entry.fields()}
    taken: dict[str, Any] = {}
    for name, enum, required in _FIELDS[entry.type]:
        if name in values:
            taken[name] = enum(values[name]) if enum else values[name]
        elif required:
            raise UnreadableEntryError(
                f"journal entry {entry.id} ({entry.type}) lacks {name!r}; was it written by "
                "another version?"
            )
    return kind(**taken)


def entry_from_line(line: str) -> Entry:
    """The entry written by `Entry.line`; UnreadableEntryError for anything else."""
    try:
        values = json.loads(line)
    except ValueError as error:
        raise UnreadableEntryError(f"not a journal line: {line[:80]!r}") from error
    if not isinstance(values, list) or len(values) != len(fields(Entry)):
        raise UnreadableEntryError(f"not a journal line: {line[:80]!r}")
    return Entry(*values)


def _fields(kind: type[Event]) -> list[tuple[str, type[StrEnum] | None, bool]]:
    """Name, enumeration (if the field is one) and whether it is required, per field."""
    hints = get_type_hints(kind)
    return [
        (
            field.name,
            hints[field.name] if _is_enum(hints[field.name]) else None,
            field.default is MISSING,
        )
        for field in fields(kind)
    ]


def _is_enum(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum)


def _storable(text: str) -> str | None:
    """Text any database takes: one entry it refuses would hold up all that follow."""
    if not text:
        return None
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


_FIELDS = {name: _fields(kind) for name, kind in EVENT_TYPES.items()}
