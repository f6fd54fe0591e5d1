"""The web side: whom it does not serve, and the audit of what is done there."""

from collections.abc import Iterable
from threading import Lock

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic

AUDIT_BROKEN = Spec(
    "audit_broken_writes_total",
    "counter",
    (),
    "Writings to the audit that found its last known record gone: it was changed from outside.",
)

REFUSED = Spec(
    "web_refused_total",
    "counter",
    ("reason",),
    "Who was not served by the web side: malformed (no request of HTTP), address (one address has "
    "all connections it may have), no_room (all together have).",
)
REASONS = ("malformed", "address", "no_room")
"""A test compares the list with that of the web side."""


class WebTopic(Topic):
    """Told as it happens; of the audit in any thread, which is counted at the next scrape."""

    specs = (REFUSED, AUDIT_BROKEN)

    def __init__(self, setup: Setup) -> None:
        self._refused = setup.counter(REFUSED, REASONS)
        self._audit_broken = setup.counter(AUDIT_BROKEN)
        self._lock = Lock()
        self._told = 0
        """Times the audit was found broken, not counted yet."""

    def refused(self, reason: str) -> None:
        self._refused.of(reason).inc()

    def audit_broken(self) -> None:
        with self._lock:
            self._told += 1

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            told, self._told = self._told, 0
        if told:
            self._audit_broken.of().inc(told)
        return ()
