"""Numbers for entries: one order over all, and one per call; both go on after a restart."""

from collections.abc import Mapping

CALLS_MAX = 100_000
"""Calls whose last number is remembered; far more than are ever under way with stragglers."""


class Numbers:
    """Counts; `last` and `calls` are what the journal already holds."""

    def __init__(self, last: int, calls: Mapping[str, int]) -> None:
        self._last = last
        self._calls = dict(calls)

    def take(self, call: str | None) -> tuple[int, int | None]:
        """The next id and, for an event of a call, the next number within it."""
        self._last += 1
        if call is None:
            return self._last, None
        # Taken out and put back at the end: the first key is the one unused for longest.
        seq = self._calls.pop(call, 0) + 1
        self._calls[call] = seq
        if len(self._calls) > CALLS_MAX:
            del self._calls[next(iter(self._calls))]
        return self._last, seq
