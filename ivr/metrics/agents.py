"""Agents: where they are now, and where their time went."""

from collections.abc import Iterable

from prometheus_client.core import Metric

from ivr.metrics.topic import OTHER, Setup, Spec, Topic, live_gauge
from ivr.model.agents import NO_DISPOSITION, RONA, AgentState
from ivr.model.events import AgentChanged, Event

AGENTS = Spec("agents", "gauge", ("state",), "Agents by state at this moment.")
STATE_SECONDS = Spec(
    "agent_state_seconds_total",
    "counter",
    ("state",),
    "Time agents spent in a state while logged in, counted when they leave it.",
)
PAUSE_SECONDS = Spec(
    "agent_pause_seconds_total",
    "counter",
    ("reason",),
    "Time agents were paused, by reason, counted when the pause ends.",
)

STATES = tuple(state.value for state in AgentState)
LOGGED_IN = tuple(state.value for state in AgentState if state is not AgentState.LOGGED_OUT)


class AgentsTopic(Topic):
    specs = (AGENTS, STATE_SECONDS, PAUSE_SECONDS)

    def __init__(self, setup: Setup) -> None:
        self._live = setup.live
        self._reasons: dict[str, str] = {}
        self._state_seconds = setup.counter(STATE_SECONDS, LOGGED_IN)
        reasons = {*setup.site.pause_reasons.values(), RONA, NO_DISPOSITION, OTHER}
        self._pause_seconds = setup.counter(PAUSE_SECONDS, sorted(reasons))

    def record(self, event: Event) -> None:
        if not isinstance(event, AgentChanged):
            return
        if event.before is not AgentState.LOGGED_OUT:
            self._state_seconds.of(event.before).inc(event.seconds)
        if event.before is AgentState.PAUSED:
            reason = self._reasons.pop(event.agent, OTHER)
            self._pause_seconds.of(reason).inc(event.seconds)
        if event.after is AgentState.PAUSED:
            self._reasons[event.agent] = event.reason

    def collect(self) -> Iterable[Metric]:
        now = self._live.agents()
        yield live_gauge(AGENTS, {(state,): now.get(AgentState(state), 0) for state in STATES})
