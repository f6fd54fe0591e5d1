"""Who is told next: in order within a lane, lanes beside each other. Pure."""

import heapq
from collections import deque
from itertools import count

from ivr.webhooks.letters import Letter


class Lanes:
    """The first letter of a lane is out with somebody, or due at some moment; those behind it
    wait for it to be delivered or dead, and no other lane does."""

    def __init__(self) -> None:
        self._lanes: dict[str, deque[Letter]] = {}
        self._due: list[tuple[float, int, str]] = []
        self._turn = count()
        self._waiting = 0

    def __len__(self) -> int:
        """Letters neither delivered nor dead, with those that are out."""
        return self._waiting

    def oldest_at(self) -> float | None:
        """When the oldest of them was taken."""
        return min((lane[0].taken_at for lane in self._lanes.values()), default=None)

    def add(self, letter: Letter) -> None:
        self._waiting += 1
        lane = self._lanes.setdefault(letter.lane, deque())
        lane.append(letter)
        if len(lane) == 1:
            self._put(0.0, letter.lane)

    def next(self, now: float) -> Letter | None:
        """One that is due, the longest due first; it is out until `done` or `later`."""
        if not self._due or self._due[0][0] > now:
            return None
        return self._lanes[heapq.heappop(self._due)[2]][0]

    def due_in(self, now: float) -> float | None:
        """Seconds until `next` has one; None: not before something changes."""
        return max(0.0, self._due[0][0] - now) if self._due else None

    def done(self, letter: Letter) -> None:
        """Delivered or dead: the next of its lane is due."""
        self._waiting -= 1
        lane = self._lanes[letter.lane]
        lane.popleft()
        if lane:
            self._put(0.0, letter.lane)
        else:
            del self._lanes[letter.lane]

    def later(self, letter: Letter, at: float) -> None:
        """Not told this time; `letter` takes the place of what was out."""
        self._lanes[letter.lane][0] = letter
        self._put(at, letter.lane)

    def _put(self, at: float, lane: str) -> None:
        heapq.heappush(self._due, (at, next(self._turn), lane))
