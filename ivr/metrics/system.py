"""The server itself: its links, its journal, its event loop."""

from collections.abc import Callable, Iterable

from prometheus_client.core import Metric

from ivr import __version__
from ivr.metrics.topic import OTHER, Setup, Spec, Topic, live_gauge
from ivr.model.events import (
    AmiConnected,
    AmiLost,
    Event,
    ReloadFailed,
    ServerStarted,
    SiteReloaded,
)

AGI_ERRORS = (
    "bad_environment",
    "bad_token",
    "closed_early",
    "environment_timeout",
    "environment_too_long",
    "garbage",
    "handler_failed",
    "idle",
    "line_too_long",
    "reply_timeout",
    "too_many_handshakes",
    "too_many_lines",
    "too_many_sessions",
    "unexpected_reply",
)
"""What the FastAGI server reports; a test compares the two lists."""

AMI_EVENTS = (
    "AttendedTransfer",
    "BlindTransfer",
    "ContactStatus",
    "DTMFEnd",
    "DeviceStateChange",
    "Hangup",
    "Hold",
    "Newchannel",
    "Newstate",
    "OriginateResponse",
    "Unhold",
    "UserEvent",
)
"""What the server reads of Asterisk's events; a test compares the two lists."""

WRITE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
LAG_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)

AMI = Spec("ami_connected", "gauge", (), "1 while logged in to Asterisk's manager interface.")
RECONNECTS = Spec(
    "ami_reconnects_total", "counter", (), "Logins to the manager interface after the first."
)
AMI_EVENT = Spec(
    "ami_events_total",
    "counter",
    ("event",),
    "Asterisk's events, by name where the server reads them; the rest is other.",
)
TRUNK = Spec(
    "trunk_reachable",
    "gauge",
    (),
    "1 while the trunk answers Asterisk; no series where the site names none, or while the "
    "manager interface is away.",
)
AGI_SESSIONS = Spec("agi_sessions_active", "gauge", (), "Open FastAGI sessions.")
AGI_ERROR = Spec(
    "agi_errors_total", "counter", ("reason",), "FastAGI sessions refused or ended by an error."
)
WRITE = Spec("journal_write_seconds", "histogram", (), "Time one transaction of the journal took.")
BACKLOG = Spec(
    "journal_backlog_events",
    "gauge",
    (),
    "Events not yet in the database; they wait in memory or in the spill file.",
)
DATABASE = Spec(
    "journal_database_up", "gauge", (), "0 while the database refuses and events are spilled."
)
LOST = Spec(
    "journal_lost_events_total", "counter", (), "Events neither the database nor the disk took."
)
LAG = Spec("event_loop_lag_seconds", "histogram", (), "How late the event loop came to a timer.")
RELOAD = Spec(
    "config_last_reload_success_timestamp_seconds",
    "gauge",
    (),
    "When the site and flows in force were read.",
)
RELOADS = Spec(
    "config_reloads_total",
    "counter",
    ("result",),
    "Reloads of site and flows by result: success (put in force, also by a rollback) or failure "
    "(refused; all is as before).",
)
RELOADED = Spec(
    "config_last_reload_successful",
    "gauge",
    (),
    "0 from a refused reload until one succeeds: what is in force is not what the files say.",
)
CONFIG = Spec(
    "config_info", "gauge", ("version",), "1, with the version of site and flows in force."
)
BUILD = Spec("build_info", "gauge", ("version",), "1, with the version that runs.")


class SystemTopic(Topic):
    """`watch_*` take callables asked at scrape; the rest is told as it happens."""

    specs = (
        AMI,
        RECONNECTS,
        AMI_EVENT,
        TRUNK,
        AGI_SESSIONS,
        AGI_ERROR,
        WRITE,
        BACKLOG,
        DATABASE,
        LOST,
        LAG,
        RELOAD,
        RELOADS,
        RELOADED,
        CONFIG,
        BUILD,
    )

    def __init__(self, setup: Setup) -> None:
        self._logins = 0
        self._agi_sessions: Callable[[], float] = _none
        self._backlog: Callable[[], float] = _none
        self._database_up: Callable[[], float] = _none
        self._lost_reader: Callable[[], float] = _none
        self._trunk: Callable[[], bool | None] = _unknown
        self._lost_counted = 0.0
        self._ami = setup.gauge(AMI)
        self._reconnects = setup.counter(RECONNECTS)
        self._ami_events = setup.counter(AMI_EVENT, (*AMI_EVENTS, OTHER))
        self._agi_errors = setup.counter(AGI_ERROR, AGI_ERRORS)
        self._write = setup.histogram(WRITE, WRITE_S)
        self._lag = setup.histogram(LAG, LAG_S)
        self._lost = setup.counter(LOST)
        self._reloaded = setup.gauge(RELOAD)
        self._reloads = setup.counter(RELOADS, ("success", "failure"))
        self._reload_successful = setup.gauge(RELOADED)
        self._reload_successful.of().set(1)
        self._config = ""
        setup.gauge(BUILD, (__version__,)).of(__version__).set(1)

    def record(self, event: Event) -> None:
        match event:
            case AmiConnected():
                self._ami.of().set(1)
                if self._logins:
                    self._reconnects.of().inc()
                self._logins += 1
            case AmiLost():
                self._ami.of().set(0)
            case ServerStarted():
                self._reloaded.of().set(event.at)
                self._config = event.config
            case SiteReloaded():
                self._reloaded.of().set(event.at)
                self._reloads.of("success").inc()
                self._reload_successful.of().set(1)
                self._config = event.config
            case ReloadFailed():
                self._reloads.of("failure").inc()
                self._reload_successful.of().set(0)

    def collect(self) -> Iterable[Metric]:
        lost = self._lost_reader()
        self._lost.of().inc(lost - self._lost_counted)
        self._lost_counted = lost
        yield live_gauge(CONFIG, {(self._config,): 1.0} if self._config else {})
        trunk = self._trunk()
        yield live_gauge(TRUNK, {} if trunk is None else {(): float(trunk)})
        yield live_gauge(AGI_SESSIONS, {(): self._agi_sessions()})
        yield live_gauge(BACKLOG, {(): self._backlog()})
        yield live_gauge(DATABASE, {(): float(self._database_up())})

    def ami_event(self, name: str) -> None:
        """Asterisk told something; the name is as it came."""
        self._ami_events.of(name).inc()

    def agi_error(self, reason: str) -> None:
        """A FastAGI session was refused or broke."""
        self._agi_errors.of(reason).inc()

    def observe_journal_write(self, seconds: float) -> None:
        self._write.of().observe(seconds)

    def observe_event_loop_lag(self, seconds: float) -> None:
        self._lag.of().observe(seconds)

    def watch_agi_sessions(self, read: Callable[[], float]) -> None:
        self._agi_sessions = read

    def watch_trunk(self, read: Callable[[], bool | None]) -> None:
        """Whether it answers; None: there is none, or nobody knows."""
        self._trunk = read

    def watch_journal(
        self,
        backlog: Callable[[], float],
        database_up: Callable[[], bool],
        lost: Callable[[], float],
    ) -> None:
        self._backlog, self._database_up, self._lost_reader = backlog, database_up, lost


def _none() -> float:
    return 0.0


def _unknown() -> None:
    return None
