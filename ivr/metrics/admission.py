"""Callers turned away, and how near the next one is to it."""

from collections.abc import Callable, Collection, Iterable, Mapping

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge
from ivr.model.events import CallRefused, Event
from ivr.service.overload import REASONS, Reason

REFUSED = Spec(
    "calls_refused_total",
    "counter",
    ("reason",),
    "Callers turned away: calls (as many as the site allows), lag (of the event loop), "
    "descriptors or sessions (nearly all in use).",
)
REFUSING = Spec(
    "calls_refusing",
    "gauge",
    ("reason",),
    "1 while whoever calls is turned away for this reason.",
)
NEARNESS = Spec(
    "calls_refusing_ratio",
    "gauge",
    ("reason",),
    "Share in use of what is allowed before callers are turned away; no series for calls where the "
    "site sets no limit.",
)


class AdmissionTopic(Topic):
    """`watch` takes what is asked at scrape."""

    specs = (REFUSED, REFUSING, NEARNESS)

    def __init__(self, setup: Setup) -> None:
        self._refused = setup.counter(REFUSED, REASONS)
        self._reasons: Callable[[], Collection[Reason]] = tuple
        self._nearness: Callable[[], Mapping[str, float]] = dict

    def watch(
        self,
        reasons: Callable[[], Collection[Reason]],
        nearness: Callable[[], Mapping[str, float]],
    ) -> None:
        """Why callers are turned away now, and how much is used of what is allowed."""
        self._reasons, self._nearness = reasons, nearness

    def record(self, event: Event) -> None:
        if isinstance(event, CallRefused):
            self._refused.of(event.reason).inc()

    def collect(self) -> Iterable[Metric]:
        now = self._reasons()
        yield live_gauge(REFUSING, {(one,): float(one in now) for one in REASONS})
        near = self._nearness()
        yield live_gauge(NEARNESS, {(reason,): used for reason, used in near.items()})
