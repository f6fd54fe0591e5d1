"""Supervision: listening, whispering, barging in."""

from collections.abc import Iterable

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge
from ivr.model.events import (
    CallEnded,
    Event,
    SupervisionEnded,
    SupervisionModeChanged,
    SupervisionRefused,
    SupervisionStarted,
)

MODES = ("listen", "whisper", "barge")
REFUSALS = ("wrong_pin", "not_supervisor", "other_team", "no_agent", "no_conversation", "revoked")

SESSIONS = Spec(
    "supervisor_sessions_total",
    "counter",
    ("mode", "result"),
    "Attempts to supervise: started, by the mode begun with, or the reason of the refusal, with "
    "mode none.",
)
ACTIVE = Spec(
    "supervisor_sessions_active",
    "gauge",
    ("mode",),
    "Supervisors on conversations right now; suspended: while private data is given.",
)


class SupervisionTopic(Topic):
    specs = (SESSIONS, ACTIVE)

    def __init__(self, setup: Setup) -> None:
        self._open: dict[tuple[str, str], str] = {}
        sets = [(mode, "started") for mode in MODES] + [("none", reason) for reason in REFUSALS]
        self._sessions = setup.counter_of(SESSIONS, sets)

    def record(self, event: Event) -> None:
        match event:
            case SupervisionStarted():
                self._sessions.of(event.mode, "started").inc()
                self._open[(event.call, event.supervisor)] = event.mode
            case SupervisionModeChanged():
                self._open[(event.call, event.supervisor)] = event.mode
            case SupervisionEnded():
                self._open.pop((event.call, event.supervisor), None)
            case SupervisionRefused():
                self._sessions.of("none", event.reason).inc()
            case CallEnded():
                # Nobody supervises a call that is over, whatever became of the end's own event.
                for key in [key for key in self._open if key[0] == event.call]:
                    del self._open[key]

    def collect(self) -> Iterable[Metric]:
        modes = list(self._open.values())
        yield live_gauge(ACTIVE, {(mode,): modes.count(mode) for mode in (*MODES, "suspended")})
