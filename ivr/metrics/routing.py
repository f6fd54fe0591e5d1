"""Routing: relaxation, estimates, the time decisions take, and the watch over the core."""

from collections.abc import Iterable

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge
from ivr.model.events import EstimateSettled, Event, InvariantViolated, QueueRelaxed
from ivr.model.invariants import INVARIANTS

ERROR_S = (-600, -300, -180, -120, -60, -30, -15, 0, 15, 30, 60, 120, 180, 300, 600)
DECISION_S = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25)

RELAXATIONS = Spec(
    "routing_relaxations_total",
    "counter",
    ("queue", "step"),
    "Waiting calls whose requirement was relaxed, by the step of the queue's timeline.",
)
ERROR = Spec(
    "estimate_error_seconds",
    "histogram",
    ("queue",),
    "Waited minus announced, for callers who were told an estimate and then answered.",
)
ESTIMATE = Spec(
    "queue_estimated_wait_seconds",
    "gauge",
    ("queue",),
    "Middle of the wait the core expects for the call that entered last; NaN: unsure, or nobody "
    "waits.",
)
VIOLATIONS = Spec(
    "routing_invariant_violations_total",
    "counter",
    ("invariant",),
    "Disagreements of core, telephony and journal that lasted over two looks of the watch.",
)
DECISION = Spec(
    "routing_decision_seconds", "histogram", (), "Time the core took to decide about one message."
)
FAULTS = Spec(
    "routing_errors_total",
    "counter",
    ("where",),
    "What went wrong around the core: core (it failed on a message), order (what it decided was "
    "not carried out), entry (it refused a call its place in line), report (it refused what "
    "telephony said). A caller hit by one leaves the queue as failed.",
)
FAULT_PLACES = ("core", "order", "entry", "report")


class RoutingTopic(Topic):
    """`observe_decision` and `count_error` are told by whoever feeds the core."""

    specs = (RELAXATIONS, ERROR, ESTIMATE, VIOLATIONS, DECISION, FAULTS)

    def __init__(self, setup: Setup) -> None:
        self._live = setup.live
        steps = [
            (name, str(number))
            for name, queue in setup.site.queues.items()
            for number in range(1, len(queue.relax) + 1)
        ]
        self._relaxations = setup.counter_of(RELAXATIONS, steps)
        self._error = setup.histogram(ERROR, ERROR_S, setup.site.queues)
        self._violations = setup.counter(VIOLATIONS, INVARIANTS)
        self._decision = setup.histogram(DECISION, DECISION_S)
        self._faults = setup.counter(FAULTS, FAULT_PLACES)

    def record(self, event: Event) -> None:
        match event:
            case QueueRelaxed():
                self._relaxations.of(event.queue, str(event.step)).inc()
            case EstimateSettled():
                self._error.of(event.queue).observe(event.waited_s - event.announced_s)
            case InvariantViolated():
                self._violations.of(event.invariant).inc()

    def collect(self) -> Iterable[Metric]:
        nothing = float("nan")
        yield live_gauge(
            ESTIMATE,
            {
                (queue.queue,): nothing if queue.estimate_s is None else queue.estimate_s
                for queue in self._live.queues()
            },
        )

    def observe_decision(self, seconds: float) -> None:
        self._decision.of().observe(seconds)

    def count_error(self, where: str) -> None:
        self._faults.of(where).inc()
