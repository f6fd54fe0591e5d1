"""The web side: the audit of what is done there."""

from ivr.metrics.topic import Setup, Spec, Topic

AUDIT_BROKEN = Spec(
    "audit_broken_writes_total",
    "counter",
    (),
    "Writings to the audit that found its last known record gone: it was changed from outside.",
)


class WebTopic(Topic):
    """Told as it happens, also from other threads."""

    specs = (AUDIT_BROKEN,)

    def __init__(self, setup: Setup) -> None:
        self._audit_broken = setup.counter(AUDIT_BROKEN)

    def audit_broken(self) -> None:
        self._audit_broken.of().inc()
