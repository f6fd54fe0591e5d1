"""What is old enough to be deleted, and what stays for another reason."""

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """What stays although it is old."""

    calls: Set[str]
    """Of legal holds, and of recordings and messages that are kept."""
    held: Set[str] = frozenset()
    """Those of legal holds among them."""
    messages: Set[str] = frozenset()
    """Files of voice messages."""


@dataclass(frozen=True)
class Due:
    """Events that go, or would."""

    calls: int = 0
    events: int = 0
    """Of these calls, and others."""
    held: int = 0
    """Calls old enough, but on hold."""

    def __add__(self, other: "Due") -> "Due":
        return Due(self.calls + other.calls, self.events + other.events, self.held + other.held)
