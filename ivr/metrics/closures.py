"""Emergency closures: what is closed at this moment."""

from collections.abc import Iterable

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge

ACTIVE = Spec(
    "closure_active",
    "gauge",
    ("closure",),
    "1 while the emergency closure of this calendar, or of the house, is in force.",
)


class ClosuresTopic(Topic):
    specs = (ACTIVE,)

    def __init__(self, setup: Setup) -> None:
        self._live = setup.live

    def collect(self) -> Iterable[Metric]:
        closures = self._live.closures()
        yield live_gauge(ACTIVE, {(name,): closed for name, closed in closures.items()})
