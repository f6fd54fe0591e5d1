"""Calls: how many, how they ended, how long they took."""

from collections.abc import Iterable

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge
from ivr.model.events import CallEnded, Event

INBOUND = "inbound"
RESULTS = ("completed", "hangup", "error", "lost")
DURATION_S = (5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600)

CALLS = Spec(
    "calls_total",
    "counter",
    ("direction", "flow", "result"),
    "Calls that ended: completed by the flow, hangup by the caller, error, or lost (found gone).",
)
ACTIVE = Spec("calls_active", "gauge", ("direction",), "Calls in the house at this moment.")
DURATION = Spec("call_duration_seconds", "histogram", (), "Calls from first ring to goodbye.")


class CallsTopic(Topic):
    specs = (CALLS, ACTIVE, DURATION)

    def __init__(self, setup: Setup) -> None:
        self._live = setup.live
        self._calls = setup.counter(CALLS, (INBOUND,), setup.flows, RESULTS)
        self._duration = setup.histogram(DURATION, DURATION_S)

    def record(self, event: Event) -> None:
        if isinstance(event, CallEnded):
            self._calls.of(INBOUND, event.flow, event.result).inc()
            self._duration.of().observe(event.duration_s)

    def collect(self) -> Iterable[Metric]:
        yield live_gauge(ACTIVE, {(INBOUND,): self._live.calls_active()})
