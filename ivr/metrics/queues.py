"""Queues: who waits, how waiting ended, how long it and the conversations took."""

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client.core import Metric

from ivr.kpi.service_level import SHORT_ABANDON_S
from ivr.metrics.topic import Setup, Spec, Topic, live_gauge
from ivr.model.agents import AgentState, QueueOutcome
from ivr.model.events import AgentChanged, ConversationEnded, Event, QueueEntered, QueueLeft

WAIT_S = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800)
HANDLE_S = (5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600)

ENTERED = Spec(
    "queue_calls_entered_total",
    "counter",
    ("queue",),
    "Calls that joined the queue. A place taken up again after a restart is no new entry.",
)
CALLS = Spec(
    "queue_calls_total",
    "counter",
    ("queue", "outcome"),
    "Calls that left the queue, each with its one outcome.",
)
ANSWERED_IN_TIME = Spec(
    "queue_calls_answered_within_sla_total",
    "counter",
    ("queue",),
    "Calls answered within the queue's service level threshold.",
)
ABANDONED_IN_TIME = Spec(
    "queue_calls_abandoned_within_sla_total",
    "counter",
    ("queue",),
    "Calls abandoned within the queue's service level threshold.",
)
SHORT = Spec(
    "queue_calls_short_abandoned_total",
    "counter",
    ("queue",),
    f"Calls abandoned within {SHORT_ABANDON_S:g} seconds.",
)
WAIT = Spec(
    "queue_wait_seconds",
    "histogram",
    ("queue", "outcome"),
    "Time in the queue; every service level threshold configured is a bucket.",
)
TALK = Spec("queue_talk_seconds", "histogram", ("queue",), "Talk time of conversations, no hold.")
HOLD = Spec("queue_hold_seconds", "histogram", ("queue",), "Time callers were put on hold.")
WRAP_UP = Spec(
    "queue_wrapup_seconds", "histogram", ("queue",), "Wrap-up after the queue's conversations."
)
HANDLE = Spec(
    "queue_handle_seconds",
    "histogram",
    ("queue",),
    "Talk, hold and wrap-up of a conversation, observed when the agent is done with it.",
)
CALLERS = Spec("queue_callers", "gauge", ("queue",), "Callers waiting at this moment.")
LONGEST = Spec(
    "queue_longest_wait_seconds", "gauge", ("queue",), "Wait of who has waited longest; 0: nobody."
)
AGENTS = Spec(
    "queue_agents",
    "gauge",
    ("queue", "state"),
    "Logged-in agents who have the skills the queue itself asks for, by state.",
)
THRESHOLD = Spec(
    "queue_service_level_threshold_seconds",
    "gauge",
    ("queue",),
    "Configured time within which a call should be answered.",
)
TARGET = Spec(
    "queue_service_level_target_ratio",
    "gauge",
    ("queue",),
    "Configured share of calls that should be answered within the threshold.",
)

STATES = tuple(state.value for state in AgentState if state is not AgentState.LOGGED_OUT)


@dataclass
class _Handled:
    """A conversation that is over, its agent perhaps not done with it."""

    queue: str
    seconds: float


class QueuesTopic(Topic):
    specs = (
        ENTERED,
        CALLS,
        ANSWERED_IN_TIME,
        ABANDONED_IN_TIME,
        SHORT,
        WAIT,
        TALK,
        HOLD,
        WRAP_UP,
        HANDLE,
        CALLERS,
        LONGEST,
        AGENTS,
        THRESHOLD,
        TARGET,
    )

    def __init__(self, setup: Setup) -> None:
        queues = setup.site.queues
        self._live = setup.live
        self._thresholds = {name: queue.service_level_s for name, queue in queues.items()}
        self._handled: dict[str, _Handled] = {}
        self._states: dict[str, AgentState] = {}
        self._entered = setup.counter(ENTERED, queues)
        self._calls = setup.counter(CALLS, queues, QueueOutcome)
        self._answered_in_time = setup.counter(ANSWERED_IN_TIME, queues)
        self._abandoned_in_time = setup.counter(ABANDONED_IN_TIME, queues)
        self._short = setup.counter(SHORT, queues)
        waits = {float(bound) for bound in WAIT_S} | set(self._thresholds.values())
        self._wait = setup.histogram(WAIT, waits, queues, QueueOutcome)
        self._talk = setup.histogram(TALK, HANDLE_S, queues)
        self._hold = setup.histogram(HOLD, HANDLE_S, queues)
        self._wrap_up = setup.histogram(WRAP_UP, HANDLE_S, queues)
        self._handle = setup.histogram(HANDLE, HANDLE_S, queues)
        self._threshold, self._target = setup.gauge(THRESHOLD, queues), setup.gauge(TARGET, queues)
        self.reconfigure(setup)

    def reconfigure(self, setup: Setup) -> None:
        """Thresholds and targets of every queue there is now."""
        queues = setup.site.queues
        self._thresholds = {name: queue.service_level_s for name, queue in queues.items()}
        for name, queue in queues.items():
            self._threshold.of(name).set(queue.service_level_s)
            self._target.of(name).set(queue.service_level_target)

    def record(self, event: Event) -> None:
        match event:
            case QueueEntered(resumed=False):
                self._entered.of(event.queue).inc()
            case QueueLeft():
                self._left(event)
            case ConversationEnded():
                self._conversation_ended(event)
            case AgentChanged():
                self._agent_changed(event)

    def collect(self) -> Iterable[Metric]:
        now = self._live.queues()
        yield live_gauge(CALLERS, {(queue.queue,): queue.callers for queue in now})
        yield live_gauge(LONGEST, {(queue.queue,): queue.longest_wait_s for queue in now})
        agents = {
            (queue.queue, state): queue.agents.get(AgentState(state), 0)
            for queue in now
            for state in STATES
        }
        yield live_gauge(AGENTS, agents)

    def _left(self, event: QueueLeft) -> None:
        self._calls.of(event.queue, event.outcome).inc()
        self._wait.of(event.queue, event.outcome).observe(event.wait_s)
        in_time = event.wait_s <= self._thresholds.get(event.queue, 0.0)
        if event.outcome is QueueOutcome.ANSWERED and in_time:
            self._answered_in_time.of(event.queue).inc()
        if event.outcome is QueueOutcome.ABANDONED:
            if in_time:
                self._abandoned_in_time.of(event.queue).inc()
            if event.wait_s <= SHORT_ABANDON_S:
                self._short.of(event.queue).inc()

    def _conversation_ended(self, event: ConversationEnded) -> None:
        self._talk.of(event.queue).observe(event.talk_s)
        self._hold.of(event.queue).observe(event.hold_s)
        handled = _Handled(event.queue, event.talk_s + event.hold_s)
        if self._states.get(event.agent) in (None, AgentState.ON_CALL, AgentState.WRAP_UP):
            self._handled[event.agent] = handled
        else:
            # The agent moved on first, and without wrap-up.
            self._handle.of(handled.queue).observe(handled.seconds)

    def _agent_changed(self, event: AgentChanged) -> None:
        self._states[event.agent] = event.after
        if event.after in (AgentState.WRAP_UP, AgentState.ON_CALL):
            return
        handled = self._handled.pop(event.agent, None)
        if handled is None:
            return
        wrap_up_s = event.seconds if event.before is AgentState.WRAP_UP else 0.0
        if event.before is AgentState.WRAP_UP:
            self._wrap_up.of(handled.queue).observe(wrap_up_s)
        self._handle.of(handled.queue).observe(handled.seconds + wrap_up_s)
