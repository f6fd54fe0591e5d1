"""Call-backs: how many are owed, and what became of the others."""

from collections.abc import Iterable

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge
from ivr.model.events import CallbackEnded, Event

RESULTS = ("completed", "declined", "unreachable", "expired", "cancelled")

CALLBACKS = Spec(
    "callbacks_total", "counter", ("queue", "result"), "Call-backs that are over, by result."
)
PENDING = Spec(
    "callbacks_pending",
    "gauge",
    ("queue",),
    "Call-backs asked for and not over at this moment.",
)


class CallbacksTopic(Topic):
    specs = (CALLBACKS, PENDING)

    def __init__(self, setup: Setup) -> None:
        self._live = setup.live
        self._callbacks = setup.counter(CALLBACKS, setup.site.queues, RESULTS)

    def record(self, event: Event) -> None:
        if isinstance(event, CallbackEnded):
            self._callbacks.of(event.queue, event.result).inc()

    def collect(self) -> Iterable[Metric]:
        pending = self._live.callbacks()
        queues = (view.queue for view in self._live.queues())
        yield live_gauge(PENDING, {(queue,): pending.get(queue, 0) for queue in queues})
