"""Lines that strangers cause: enough to see them by, never so many that they fill the disk."""

import time
from collections.abc import Callable

LINES_MAX = 120
PERIOD_S = 60.0


class Seldom:
    """Lets `LINES_MAX` pass in each minute, and no more."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began = now()
        self._passed = 0

    def passes(self) -> bool:
        """Whether this one is among them."""
        now = self._now()
        if now - self._began >= PERIOD_S:
            self._began, self._passed = now, 0
        self._passed += 1
        return self._passed <= LINES_MAX
