"""Everything the core waits for, in one heap; what was called off is dropped when it surfaces."""

from collections.abc import Iterator
from enum import StrEnum
from heapq import heapify, heappop, heappush


class Due(StrEnum):
    """What a deadline ends."""

    LEASE = "lease"
    WRAP_UP = "wrap_up"
    WRITE_UP = "write_up"
    """The time until an agent has written something up beside other work."""
    REST = "rest"
    WAIT = "wait"
    HOLD = "hold"
    PLANNED = "planned"
    """The time until a planned pause."""
    BREAK = "break"
    RELAX = "relax"
    """The time until a waiting call's next relaxation step."""
    WANT = "want"
    """The time for which a call waits for one agent alone."""
    START = "start"
    """The time before a call stands in line."""
    DELAY = "delay"
    """The time until a call comes to agents who take its queue's calls later than others."""


OF_A_CALL = (Due.WAIT, Due.RELAX, Due.WANT, Due.START, Due.DELAY)
"""What is called off when a call leaves its queue."""

Owner = tuple[Due, str]


class Deadlines:
    """At most one deadline per owner. The heap stays within twice the live ones, plus a few."""

    _SLACK = 64

    def __init__(self) -> None:
        self._at: dict[Owner, tuple[float, int]] = {}
        self._heap: list[tuple[float, int, Owner]] = []
        self._count = 0

    def set(self, due: Due, ident: str, at: float) -> None:
        """Arms it, or moves it when it was armed; never due when `at` is infinite."""
        if at == float("inf"):
            self.clear(due, ident)
            return
        self._count += 1
        self._at[due, ident] = (at, self._count)
        heappush(self._heap, (at, self._count, (due, ident)))
        if len(self._heap) > 2 * len(self._at) + self._SLACK:
            self._heap = [(at, count, owner) for owner, (at, count) in self._at.items()]
            heapify(self._heap)

    def clear(self, due: Due, ident: str) -> None:
        """Calls it off; harmless when it was not armed."""
        self._at.pop((due, ident), None)

    def next(self) -> float | None:
        """When the earliest one is due."""
        self._drop_dead()
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> Iterator[Owner]:
        """Those due at `now`, earliest first; the consumer may set and clear meanwhile."""
        while True:
            self._drop_dead()
            if not self._heap or self._heap[0][0] > now:
                return
            owner = heappop(self._heap)[2]
            del self._at[owner]
            yield owner

    def _drop_dead(self) -> None:
        while self._heap and self._at.get(self._heap[0][2]) != self._heap[0][:2]:
            heappop(self._heap)
