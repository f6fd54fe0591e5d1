"""Transfers: how callers were handed on, and who is parked."""

from collections.abc import Iterable

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge
from ivr.model.events import CallEnded, Event, Parked, Transferred, Unparked

KINDS = ("blind", "attended", "conference")
TARGETS = ("agent", "queue", "number")

TRANSFERS = Spec(
    "transfers_total", "counter", ("kind", "target"), "Callers an agent handed on, by where to."
)
PARKED = Spec("parked_calls", "gauge", (), "Callers parked at this moment.")


class TransfersTopic(Topic):
    specs = (TRANSFERS, PARKED)

    def __init__(self, setup: Setup) -> None:
        self._parked: set[str] = set()
        self._transfers = setup.counter(TRANSFERS, KINDS, TARGETS)

    def record(self, event: Event) -> None:
        match event:
            case Transferred():
                self._transfers.of(event.kind, event.target).inc()
            case Parked():
                self._parked.add(event.call)
            case Unparked() | CallEnded():
                self._parked.discard(event.call)

    def collect(self) -> Iterable[Metric]:
        yield live_gauge(PARKED, {(): len(self._parked)})
