"""Call-backs: how many are owed, and what became of the others."""

from collections import Counter
from collections.abc import Iterable

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge
from ivr.model.events import CallbackEnded, CallbackRequested, Event

RESULTS = ("completed", "declined", "unreachable", "expired", "cancelled")

CALLBACKS = Spec(
    "callbacks_total", "counter", ("queue", "result"), "Call-backs that are over, by result."
)
PENDING = Spec(
    "callbacks_pending",
    "gauge",
    ("queue",),
    "Call-backs asked for and not over, counted since the server started.",
)


class CallbacksTopic(Topic):
    specs = (CALLBACKS, PENDING)

    def __init__(self, setup: Setup) -> None:
        self._queues = tuple(setup.site.queues)
        self._open: dict[str, str] = {}
        self._callbacks = setup.counter(CALLBACKS, self._queues, RESULTS)

    def record(self, event: Event) -> None:
        match event:
            case CallbackRequested():
                self._open[event.call] = event.queue
            case CallbackEnded():
                self._open.pop(event.call, None)
                self._callbacks.of(event.queue, event.result).inc()

    def collect(self) -> Iterable[Metric]:
        pending = Counter(self._open.values())
        yield live_gauge(PENDING, {(queue,): pending[queue] for queue in self._queues})
