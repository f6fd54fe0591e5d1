"""A circuit breaker: who fails again and again is left alone for a while."""

from dataclasses import dataclass

FAILURES_MAX = 5
REST_S = 10.0


@dataclass
class Breaker:
    """Open after `failures_max` failures in a row; after `rest_s`, one request finds out.

    After M. Nygard, Release It!, "Circuit Breaker". `now` is any clock that never steps back.
    """

    failures_max: int = FAILURES_MAX
    rest_s: float = REST_S
    failures: int = 0
    _closed_from: float = 0.0
    """While open: when the next request may try."""

    def admits(self, now: float) -> bool:
        """Whether a request may be made; of those that ask while it is open, one a `rest_s`."""
        if self.failures < self.failures_max:
            return True
        if now < self._closed_from:
            return False
        self._closed_from = now + self.rest_s
        return True

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self, now: float) -> None:
        self.failures += 1
        self._closed_from = now + self.rest_s
