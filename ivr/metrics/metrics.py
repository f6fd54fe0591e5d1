"""All topics together, in one registry."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, disable_created_metrics, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from ivr.metrics.agents import AgentsTopic
from ivr.metrics.calls import CallsTopic
from ivr.metrics.ivr import IvrTopic
from ivr.metrics.offers import OffersTopic
from ivr.metrics.queues import QueuesTopic
from ivr.metrics.recordings import RecordingsTopic
from ivr.metrics.supervision import SupervisionTopic
from ivr.metrics.system import SystemTopic
from ivr.metrics.topic import FlowShape, Setup, Topic
from ivr.model.events import Event
from ivr.model.site import Site
from ivr.ports import LiveState

TOPICS: tuple[type[Topic], ...] = (
    CallsTopic,
    IvrTopic,
    QueuesTopic,
    OffersTopic,
    AgentsTopic,
    SupervisionTopic,
    RecordingsTopic,
)
"""Every topic but the server's own, in the order of the reference page."""


class Metrics(Collector):
    """A recorder that counts. `system` is told what no event tells; `registry` is for scrapes."""

    def __init__(self, site: Site, flows: Mapping[str, FlowShape], live: LiveState) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        setup = Setup(site, flows, live, self.registry)
        self.system = SystemTopic(setup)
        self._topics: list[Topic] = [*(topic(setup) for topic in TOPICS), self.system]
        self.registry.register(self)

    def record(self, event: Event) -> None:
        """Counts the event; quick, never raises."""
        for topic in self._topics:
            topic.record(event)

    def render(self) -> bytes:
        """The text a scrape gets."""
        return generate_latest(self.registry)

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask for live values yet."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The gauges of this moment; called by the registry."""
        for topic in self._topics:
            yield from topic.collect()
