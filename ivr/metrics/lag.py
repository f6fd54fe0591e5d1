"""How late the event loop is: what every call in the house feels."""

import asyncio
from collections.abc import Callable

PERIOD_S = 0.1


class LoopLag:
    """Sets a timer again and again and reports how late it fired, in seconds."""

    def __init__(self, observe: Callable[[float], None], period_s: float = PERIOD_S) -> None:
        self._observe = observe
        self._period_s = period_s
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._arm()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        due = self._loop.time() + self._period_s
        self._timer = self._loop.call_at(due, self._fired, due)

    def _fired(self, due: float) -> None:
        late_s = max(0.0, self._loop.time() - due)
        self._arm()  # first: whatever is made of it, the next look comes
        self._observe(late_s)
