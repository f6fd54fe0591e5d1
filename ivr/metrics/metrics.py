"""All topics together, in one registry."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from ivr.metrics.admission import AdmissionTopic
from ivr.metrics.agents import AgentsTopic
from ivr.metrics.callbacks import CallbacksTopic
from ivr.metrics.calls import CallsTopic
from ivr.metrics.closures import ClosuresTopic
from ivr.metrics.http import HttpTopic
from ivr.metrics.ivr import IvrTopic
from ivr.metrics.offers import OffersTopic
from ivr.metrics.queues import QueuesTopic
from ivr.metrics.recordings import RecordingsTopic
from ivr.metrics.reports import ReportsTopic
from ivr.metrics.routing import RoutingTopic
from ivr.metrics.storage import StorageTopic
from ivr.metrics.supervision import SupervisionTopic
from ivr.metrics.surveys import SurveysTopic
from ivr.metrics.system import SystemTopic
from ivr.metrics.topic import FlowShape, Setup, Topic
from ivr.metrics.transfers import TransfersTopic
from ivr.metrics.voicemail import VoicemailTopic
from ivr.metrics.web import WebTopic
from ivr.metrics.webhooks import WebhooksTopic
from ivr.model.events import Event
from ivr.model.site import Site
from ivr.ports import LiveState

TOPICS: tuple[type[Topic], ...] = (
    CallsTopic,
    IvrTopic,
    HttpTopic,
    QueuesTopic,
    OffersTopic,
    AgentsTopic,
    CallbacksTopic,
    TransfersTopic,
    SupervisionTopic,
    RecordingsTopic,
    SurveysTopic,
    ClosuresTopic,
    VoicemailTopic,
    ReportsTopic,
)
"""Every topic but those told more than events, in the order of the reference page."""

ALL_TOPICS: tuple[type[Topic], ...] = (
    *TOPICS,
    WebTopic,
    AdmissionTopic,
    WebhooksTopic,
    StorageTopic,
    RoutingTopic,
    SystemTopic,
)


class Metrics(Collector):
    """A recorder that counts; `web`, `admission`, `webhooks`, `storage`, `routing` and `system` are
    told what no event tells.

    `registry` holds the same as `render`, for who works with prometheus-client.
    """

    def __init__(self, site: Site, flows: Mapping[str, FlowShape], live: LiveState) -> None:
        self._setup = setup = Setup(site, flows, live)
        self.web = WebTopic(setup)
        self.admission = AdmissionTopic(setup)
        self.webhooks = WebhooksTopic(setup)
        self.storage = StorageTopic(setup)
        self.system = SystemTopic(setup)
        self.routing = RoutingTopic(setup)
        self._topics: list[Topic] = [
            *(topic(setup) for topic in TOPICS),
            self.web,
            self.admission,
            self.webhooks,
            self.storage,
            self.routing,
            self.system,
        ]
        self.registry = CollectorRegistry()
        self.registry.register(_Counted(setup))
        self.registry.register(self)
        for bounded in setup.made.values():
            bounded.family.text()  # a server takes calls while it is scraped, not yet now

    def record(self, event: Event) -> None:
        """Counts the event; quick, never raises."""
        for topic in self._topics:
            topic.record(event)

    def reconfigure(self, setup: Setup) -> None:
        """Others are in force. Series of new names exist at 0; those of names that are gone stay
        as they are. Bounds of histograms change at the next start only."""
        for name, bounded in setup.made.items():
            self._setup.made[name].extend(bounded.sets)
        for topic in self._topics:
            topic.reconfigure(setup)

    def prepare(self, site: Site, flows: Mapping[str, FlowShape]) -> Setup:
        """The series a fresh start with these would have, for `reconfigure`.

        In a large site that takes a while: from any thread.
        """
        setup = Setup(site, flows, self._setup.live)
        for topic in ALL_TOPICS:
            topic(setup)
        return setup

    def render(self) -> bytes:
        """The text a scrape gets."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """The same in pieces, none of which takes longer than a few milliseconds."""
        now = list(self.collect())  # some look around first, and count what they find
        for bounded in self._setup.made.values():
            yield bounded.family.text().encode(errors="replace")  # a label may hold anything
        for metric in now:
            yield generate_latest(_One(metric))

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask for live values yet."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The gauges of this moment; called by the registry."""
        for topic in self._topics:
            yield from topic.collect()


class _One(Collector):
    def __init__(self, metric: Metric) -> None:
        self._metric = metric

    def collect(self) -> Iterable[Metric]:
        return (self._metric,)


class _Counted(Collector):
    """What is counted, for the registry."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        return (bounded.family.metric() for bounded in self._setup.made.values())
