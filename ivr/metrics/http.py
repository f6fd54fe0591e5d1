"""Look-ups: how often other systems were asked, how it ended, how long callers waited for it."""

from ivr.metrics.topic import Setup, Spec, Topic
from ivr.model.events import Event, LookedUp
from ivr.model.lookups import Outcome

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)

REQUESTS = Spec(
    "http_requests_total",
    "counter",
    ("target", "outcome"),
    "Look-ups by flows, by the key of the site's http; repeated attempts count as one.",
)
DURATION = Spec(
    "http_request_seconds",
    "histogram",
    ("target",),
    "From asking to the answer, or to giving up.",
)


class HttpTopic(Topic):
    specs = (REQUESTS, DURATION)

    def __init__(self, setup: Setup) -> None:
        self._requests = setup.counter(REQUESTS, setup.site.http, tuple(Outcome))
        self._duration = setup.histogram(DURATION, SECONDS, setup.site.http)

    def record(self, event: Event) -> None:
        if isinstance(event, LookedUp):
            self._requests.of(event.target, event.outcome).inc()
            self._duration.of(event.target).observe(event.seconds)
