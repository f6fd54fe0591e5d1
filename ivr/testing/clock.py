"""Time that passes only when somebody waits."""


class VirtualClock:
    """Starts at `now` (UTC epoch seconds) and goes on by `advance` alone."""

    def __init__(self, now: float = 0.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        assert seconds >= 0, "time does not step back"
        self._now += seconds
