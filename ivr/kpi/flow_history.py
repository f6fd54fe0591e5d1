"""How callers walked through call flows, told from events.

A call counts in the period in which it began, with its whole walk. Versions of a flow are kept
apart: a call runs on the version it began with to its end.
"""

from collections import Counter, defaultdict
from collections.abc import Set
from dataclasses import dataclass, field
from typing import NamedTuple

from ivr.kpi.periods import Periods
from ivr.model import events
from ivr.model.agents import QueueOutcome
from ivr.model.events import Event

HANGUP = "hangup"


class FlowKey(NamedTuple):
    period: int
    flow: str
    version: str
    """Of site and flows; empty when the journal does not tell it."""


class NodeKey(NamedTuple):
    period: int
    flow: str
    version: str
    node: str


@dataclass
class FlowFigures:
    """Visits that began with one flow."""

    sessions: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """`agent`, `contained`, `completed`, `abandoned`, `error` or `lost`."""
    seconds: float = 0.0
    """Of the visits that are over."""


@dataclass
class NodeFigures:
    entries: int = 0
    exits: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    inputs: Counter[str] = field(default_factory=Counter)
    """`match`, `no_match`, `no_input`."""


@dataclass
class _Session:
    key: FlowKey
    success: bool = False
    agent: bool = False


class FlowHistory:
    """Takes events in the order of the journal. Holds only calls under way."""

    def __init__(self, periods: Periods, success: Set[tuple[str, str]]) -> None:
        """`success`: (flow, node) of the nodes marked so."""
        self._periods = periods
        self._success = success
        self.flows: defaultdict[FlowKey, FlowFigures] = defaultdict(FlowFigures)
        self.nodes: defaultdict[NodeKey, NodeFigures] = defaultdict(NodeFigures)
        self._sessions: dict[str, _Session] = {}

    @property
    def unfinished(self) -> bool:
        """Whether calls that count are still under way."""
        return bool(self._sessions)

    def add(self, event: Event) -> None:
        if isinstance(event, events.CallStarted):
            self._started(event)
            return
        session = self._sessions.get(getattr(event, "call", ""))
        if session is None:
            return
        match event:
            case events.NodeEntered():
                self._node(session, event).entries += 1
                session.success |= (event.flow, event.node) in self._success
            case events.NodeLeft():
                node = self._node(session, event)
                node.exits[event.outcome] += 1
                node.seconds += event.seconds
            case events.InputReceived():
                self._node(session, event).inputs[event.result] += 1
            case (
                events.QueueLeft(outcome=QueueOutcome.ANSWERED)
                | events.ConversationStarted()
                | events.CallResumed(state="talking")
            ):
                session.agent = True
            case events.CallEnded():
                del self._sessions[event.call]
                flow = self.flows[session.key]
                flow.outcomes[_outcome(session, event.result)] += 1
                flow.seconds += event.duration_s

    def _started(self, event: events.CallStarted) -> None:
        number = self._periods.index(event.at)
        if number is not None:
            key = FlowKey(number, event.flow, event.config)
            self.flows[key].sessions += 1
            self._sessions[event.call] = _Session(key)

    def _node(
        self,
        session: _Session,
        event: events.NodeEntered | events.NodeLeft | events.InputReceived,
    ) -> NodeFigures:
        period, _, version = session.key
        return self.nodes[NodeKey(period, event.flow, version, event.node)]


def _outcome(session: _Session, result: str) -> str:
    """As the metric `ivr_sessions_total` has it."""
    if session.agent:
        return "agent"
    if session.success:
        return "contained"
    return "abandoned" if result == HANGUP else result
