"""What all events have in common."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """`at` is when it happened (UTC epoch seconds); `type` is its stable name in the journal."""

    type: ClassVar[str] = ""
    at: float


@dataclass(frozen=True, kw_only=True)
class CallEvent(Event):
    call: str
