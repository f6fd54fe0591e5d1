"""The web side: whom it does not serve, and the audit of what is done there."""

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
    """Told as it happens, also from other threads."""

    specs = (REFUSED, AUDIT_BROKEN)

    def __init__(self, setup: Setup) -> None:
        self._refused = setup.counter(REFUSED, REASONS)
        self._audit_broken = setup.counter(AUDIT_BROKEN)

    def refused(self, reason: str) -> None:
        self._refused.of(reason).inc()

    def audit_broken(self) -> None:
        self._audit_broken.of().inc()
