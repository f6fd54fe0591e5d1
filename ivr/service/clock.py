"""The one real clock."""

import time


class SystemClock:
    """UTC epoch seconds that never step: wall time at the start plus monotonic time since."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return self._offset + time.monotonic()
