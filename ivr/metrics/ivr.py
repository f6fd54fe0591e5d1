"""The walk through the flows: sessions, nodes, inputs."""

from dataclasses import dataclass

from ivr.flow.graph import away_nodes
from ivr.flow.node import NodeSpec
from ivr.metrics.topic import Setup, Spec, Topic
from ivr.model.agents import QueueOutcome
from ivr.model.events import (
    CallEnded,
    CallResumed,
    CallStarted,
    ConversationStarted,
    Event,
    InputReceived,
    NodeEntered,
    NodeLeft,
    QueueLeft,
)
from ivr.model.events.base import CallEvent
from ivr.nodes.walk import CALLED_BACK

SESSION_OUTCOMES = ("contained", "agent", "completed", "abandoned", "error", "lost")
INPUT_RESULTS = ("match", "no_match", "no_input")
LAST_OUTCOMES = ("end", "flow")
"""How nodes are left in which a walk may end: for good, or towards another flow."""

SESSIONS_MAX = 100_000
"""Visits remembered at once; one whose end was never seen makes room in the end."""

SESSIONS = Spec(
    "ivr_sessions_total",
    "counter",
    ("flow", "outcome"),
    "Visits by what came of them: agent (talked to one), contained (reached a node marked as "
    "success, without an agent), completed (the flow ended without either), abandoned (the caller "
    "hung up before either), error, lost. Containment is contained / all.",
)
ENTRIES = Spec("ivr_node_entries_total", "counter", ("flow", "node"), "Entries of a node.")
EXITS = Spec(
    "ivr_node_exits_total",
    "counter",
    ("flow", "node", "outcome"),
    "Exits of a node by the exit taken, hangup, error, or called_back (an agent was found while "
    "the caller was away from the line). Node abandonment is hangup / entries.",
)
SECONDS = Spec(
    "ivr_node_seconds_total", "counter", ("flow", "node"), "Time callers spent in a node."
)
INPUTS = Spec(
    "ivr_inputs_total",
    "counter",
    ("flow", "node", "result"),
    "Inputs asked for by a node: match, no_match or no_input.",
)


@dataclass
class _Session:
    success: bool = False
    agent: bool = False


class IvrTopic(Topic):
    specs = (SESSIONS, ENTRIES, EXITS, SECONDS, INPUTS)

    def __init__(self, setup: Setup) -> None:
        nodes = [
            (flow, name, node)
            for flow, shape in setup.flows.items()
            for name, node in shape.nodes.items()
        ]
        away = [
            (flow, name) for flow, shape in setup.flows.items() for name in away_nodes(shape.nodes)
        ]
        self.reconfigure(setup)
        self._open: dict[str, _Session] = {}
        self._sessions = setup.counter(SESSIONS, setup.flows, SESSION_OUTCOMES)
        pairs = [(flow, name) for flow, name, _ in nodes]
        self._entries = setup.counter_of(ENTRIES, pairs)
        self._seconds = setup.counter_of(SECONDS, pairs)
        self._exits = setup.counter_of(
            EXITS,
            [(flow, name, outcome) for flow, name, node in nodes for outcome in _outcomes(node)]
            + [(flow, name, CALLED_BACK) for flow, name in away],
        )
        self._inputs = setup.counter_of(
            INPUTS,
            [
                (flow, name, result)
                for flow, name, node in nodes
                if node.takes_input
                for result in INPUT_RESULTS
            ],
        )

    def reconfigure(self, setup: Setup) -> None:
        """Which nodes mark a success now."""
        self._success = {
            (flow, name)
            for flow, shape in setup.flows.items()
            for name, node in shape.nodes.items()
            if node.success
        }

    def record(self, event: Event) -> None:
        match event:
            case NodeEntered():
                self._entries.of(event.flow, event.node).inc()
                if (event.flow, event.node) in self._success:
                    self._session(event).success = True
            case NodeLeft():
                self._exits.of(event.flow, event.node, event.outcome).inc()
                self._seconds.of(event.flow, event.node).inc(event.seconds)
            case InputReceived():
                self._inputs.of(event.flow, event.node, event.result).inc()
            case CallStarted():
                self._session(event)
            case (
                CallResumed(state="talking")
                | QueueLeft(outcome=QueueOutcome.ANSWERED)
                | ConversationStarted()
            ):
                self._session(event).agent = True
            case CallEnded():
                self._end(event)

    def _session(self, event: CallEvent) -> _Session:
        session = self._open.setdefault(event.call, _Session())
        if len(self._open) > SESSIONS_MAX:
            del self._open[next(iter(self._open))]
        return session

    def _end(self, event: CallEnded) -> None:
        session = self._open.pop(event.call, _Session())
        self._sessions.of(event.flow, _outcome(session, event.result)).inc()


def _outcomes(node: NodeSpec) -> set[str]:
    last = LAST_OUTCOMES if node.ends_walk else ("end",) if node.calls() else ()
    back = ("return",) if node.returns() else ()
    return {*node.exits(), *last, *back, "hangup", "error"}


def _outcome(session: _Session, result: str) -> str:
    if session.agent:
        return "agent"
    if session.success:
        return "contained"
    return "abandoned" if result == "hangup" else result
