"""Offers: calls ringing agents."""

from ivr.metrics.topic import Setup, Spec, Topic
from ivr.model.agents import OfferOutcome
from ivr.model.events import Event, OfferEnded

RING_S = (1, 2, 3, 5, 7.5, 10, 15, 20, 30, 45, 60)

OFFERS = Spec(
    "offers_total",
    "counter",
    ("queue", "outcome"),
    "Offers of one call to one agent that ended, by outcome.",
)
RING = Spec("offer_ring_seconds", "histogram", ("queue",), "How long agents' phones rang.")


class OffersTopic(Topic):
    specs = (OFFERS, RING)

    def __init__(self, setup: Setup) -> None:
        self._offers = setup.counter(OFFERS, setup.site.queues, OfferOutcome)
        self._ring = setup.histogram(RING, RING_S, setup.site.queues)

    def record(self, event: Event) -> None:
        if isinstance(event, OfferEnded):
            self._offers.of(event.queue, event.outcome).inc()
            self._ring.of(event.queue).observe(event.ring_s)
