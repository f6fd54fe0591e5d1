"""What is old enough to be deleted, and what stays for another reason."""

from collections.abc import Callable, Container, Set
from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """What stays although it is old."""

    calls: Set[str]
    """Of recordings and messages that are kept."""
    held: Callable[[], Container[str]] = frozenset
    """Calls of legal holds, from any thread; asked each time anew: holds are set meanwhile."""
    messages: Set[str] = frozenset()
    """Files of voice messages."""

    def has(self, call: str) -> bool:
        return call in self.calls or call in self.held()


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
