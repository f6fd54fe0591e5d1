"""Everything the tables of one span are made of, fed with events in the order of the journal."""

from collections.abc import Callable, Iterable, Mapping, Set

from ivr.kpi.agent_history import AgentHistory
from ivr.kpi.caller_history import CallerHistory
from ivr.kpi.disposition_history import DispositionHistory
from ivr.kpi.flow_history import FlowHistory
from ivr.kpi.queue_history import QueueHistory
from ivr.kpi.survey_history import SurveyHistory
from ivr.model import events
from ivr.model.events import Event
from ivr.model.site import Site
from ivr.report.frame import Frame

TOPICS: Mapping[str, tuple[type[Event], ...]] = {
    "queues": (
        events.QueueEntered,
        events.QueueLeft,
        events.AgentChanged,
        events.ConversationStarted,
        events.ConversationEnded,
        events.Transferred,
        events.CallbackEnded,
        events.CallEnded,
    ),
    "agents": (
        events.AgentChanged,
        events.ServerStarted,
        events.ServerStopped,
        events.OfferEnded,
        events.ConversationEnded,
        events.Transferred,
    ),
    "flows": (
        events.CallStarted,
        events.CallResumed,
        events.NodeEntered,
        events.NodeLeft,
        events.InputReceived,
        events.QueueLeft,
        events.ConversationStarted,
        events.CallEnded,
    ),
    "dispositions": (events.ConversationEnded, events.DispositionGiven),
    "surveys": (events.SurveyAnswered,),
    "callers": (events.CallStarted,),
}
"""What each topic has to be told of."""


def event_types(topics: Iterable[str]) -> frozenset[str]:
    """Names of the events these topics are made of."""
    return frozenset(kind.type for topic in topics for kind in TOPICS[topic])


class History:
    """One span, cut; of the topics asked for."""

    def __init__(
        self, of: Frame, topics: Set[str], site: Site, success: Set[tuple[str, str]]
    ) -> None:
        """`success`: (flow, node) of the nodes marked so."""
        thresholds_s = {name: queue.service_level_s for name, queue in site.queues.items()}
        self.frame = of
        self.queues = QueueHistory(of.periods, thresholds_s)
        self.agents = AgentHistory(of.periods)
        self.flows = FlowHistory(of.periods, success)
        self.dispositions = DispositionHistory(of.periods)
        self.surveys = SurveyHistory(of.periods)
        self.callers = CallerHistory(of.periods)
        adders: dict[str, Callable[[Event], None]] = {
            "queues": self.queues.add,
            "agents": self.agents.add,
            "flows": self.flows.add,
            "dispositions": self.dispositions.add,
            "surveys": self.surveys.add,
            "callers": self.callers.add,
        }
        self._adders = {
            kind: [adders[topic] for topic in TOPICS if topic in topics and kind in TOPICS[topic]]
            for topic in topics
            for kind in TOPICS[topic]
        }

    def add(self, event: Event) -> None:
        for add in self._adders.get(type(event), ()):
            add(event)

    @property
    def unfinished(self) -> bool:
        """Whether what comes after the span may still add to it."""
        return self.queues.unfinished or self.flows.unfinished
