"""What each event does to the metrics, and what is there before any event."""

import pytest
from structlog.testing import capture_logs

from ivr import __version__
from ivr.metrics import Metrics
from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.ports import QueueNow
from tests.unit.metrics.conftest import SITE, Live, Step, Tree, series, value
from tests.unit.metrics.happenings import (
    T,
    call_ended,
    feed,
    moved,
    node_entered,
    queue_left,
    talked,
)

# --- before anything happens


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("calls_total", {"direction": "inbound", "flow": "night", "result": "lost"}),
        ("ivr_sessions_total", {"flow": "company", "outcome": "contained"}),
        ("ivr_node_entries_total", {"flow": "company", "node": "bye"}),
        ("ivr_node_exits_total", {"flow": "company", "node": "menu", "outcome": "choices:1"}),
        ("ivr_node_exits_total", {"flow": "company", "node": "bye", "outcome": "end"}),
        ("ivr_inputs_total", {"flow": "company", "node": "menu", "result": "no_match"}),
        ("queue_calls_total", {"queue": "support", "outcome": "overflow"}),
        ("queue_wait_seconds_count", {"queue": "support", "outcome": "exit_key"}),
        ("offers_total", {"queue": "billing", "outcome": "busy"}),
        ("agents", {"state": "wrap_up"}),
        ("queue_agents", {"queue": "billing", "state": "paused"}),
        ("agent_state_seconds_total", {"state": "ringing"}),
        ("agent_pause_seconds_total", {"reason": "lunch"}),
        ("agent_pause_seconds_total", {"reason": "rona"}),
        ("supervisor_sessions_total", {"mode": "none", "result": "wrong_pin"}),
        ("supervisor_sessions_active", {"mode": "barge"}),
        ("recordings_total", {"result": "missing"}),
        ("ami_connected", {}),
        ("agi_errors_total", {"reason": "bad_token"}),
        ("journal_backlog_events", {}),
        ("ami_events_total", {"event": "Hangup"}),
        ("ami_events_total", {"event": "other"}),
        ("recordings_storage_bytes", {}),
    ],
)
def test_every_label_set_exists_at_0_from_the_start(
    metrics: Metrics, name: str, labels: dict[str, str]
) -> None:
    assert value(metrics, name, **labels) == 0


def test_events_within_the_configuration_add_no_series(metrics: Metrics) -> None:
    before = set(series(metrics))
    feed(
        metrics,
        node_entered("menu"),
        queue_left(QueueOutcome.ANSWERED, 3),
        talked(),
        moved(AgentState.ON_CALL, AgentState.WRAP_UP, 65),
        moved(AgentState.WRAP_UP, AgentState.PAUSED, 10, "lunch"),
        moved(AgentState.PAUSED, AgentState.AVAILABLE, 10),
        call_ended(),
    )
    assert set(series(metrics)) == before


def test_what_is_configured_is_shown(metrics: Metrics) -> None:
    assert value(metrics, "build_info", version=__version__) == 1
    assert value(metrics, "queue_service_level_threshold_seconds", queue="billing") == 17
    assert value(metrics, "queue_service_level_target_ratio", queue="billing") == 0.9


def test_every_configured_threshold_is_a_bucket_of_the_wait(metrics: Metrics) -> None:
    labels = {"queue": "support", "outcome": "answered"}
    assert value(metrics, "queue_wait_seconds_bucket", le="17.0", **labels) == 0
    assert value(metrics, "queue_wait_seconds_bucket", le="20.0", **labels) == 0


# --- what happens is counted


def test_a_call_that_ended(metrics: Metrics) -> None:
    feed(metrics, call_ended())
    assert value(metrics, "calls_total", direction="inbound", flow="company", result="hangup") == 1
    assert value(metrics, "call_duration_seconds_sum") == 42


@pytest.mark.parametrize(
    ("history", "result", "outcome"),
    [
        ([], "hangup", "abandoned"),
        ([node_entered("menu")], "completed", "completed"),
        ([node_entered("hours")], "hangup", "contained"),
        ([node_entered("hours"), queue_left(QueueOutcome.ANSWERED, 1)], "hangup", "agent"),
        ([queue_left(QueueOutcome.ABANDONED, 1)], "hangup", "abandoned"),
        ([events.CallResumed(at=T, call="a", state="talking")], "hangup", "agent"),
        ([events.CallResumed(at=T, call="a", state="waiting")], "lost", "lost"),
        ([], "error", "error"),
    ],
)
def test_what_came_of_a_session(
    metrics: Metrics, history: list[events.Event], result: str, outcome: str
) -> None:
    feed(metrics, *history, call_ended(result))
    assert value(metrics, "ivr_sessions_total", flow="company", outcome=outcome) == 1


def test_one_session_does_not_colour_the_next(metrics: Metrics) -> None:
    feed(metrics, node_entered("hours"), call_ended(), call_ended())
    assert value(metrics, "ivr_sessions_total", flow="company", outcome="contained") == 1
    assert value(metrics, "ivr_sessions_total", flow="company", outcome="abandoned") == 1


def test_nodes_and_inputs(metrics: Metrics) -> None:
    left = events.NodeLeft(
        at=T, call="a", flow="company", node="menu", outcome="no_input", seconds=7.5
    )
    asked = events.InputReceived(
        at=T, call="a", flow="company", node="menu", value="", result="no_input"
    )
    feed(metrics, node_entered("menu"), asked, left)
    at = {"flow": "company", "node": "menu"}
    assert value(metrics, "ivr_node_entries_total", **at) == 1
    assert value(metrics, "ivr_node_exits_total", outcome="no_input", **at) == 1
    assert value(metrics, "ivr_node_seconds_total", **at) == 7.5
    assert value(metrics, "ivr_inputs_total", result="no_input", **at) == 1


@pytest.mark.parametrize(
    ("outcome", "wait_s", "answered", "abandoned", "short"),
    [
        (QueueOutcome.ANSWERED, 17.0, 1, 0, 0),
        (QueueOutcome.ANSWERED, 17.1, 0, 0, 0),
        (QueueOutcome.ABANDONED, 17.0, 0, 1, 0),
        (QueueOutcome.ABANDONED, 5.0, 0, 1, 1),
        (QueueOutcome.ABANDONED, 17.1, 0, 0, 0),
        (QueueOutcome.TIMEOUT, 1.0, 0, 0, 0),
    ],
)
def test_leaving_a_queue_within_the_service_level(
    metrics: Metrics,
    outcome: QueueOutcome,
    wait_s: float,
    answered: int,
    abandoned: int,
    short: int,
) -> None:
    feed(metrics, queue_left(outcome, wait_s))
    assert value(metrics, "queue_calls_total", queue="billing", outcome=outcome) == 1
    assert value(metrics, "queue_wait_seconds_sum", queue="billing", outcome=outcome) == wait_s
    found = [
        value(metrics, f"queue_calls_{name}_total", queue="billing")
        for name in ("answered_within_sla", "abandoned_within_sla", "short_abandoned")
    ]
    assert found == [answered, abandoned, short]


def test_a_place_kept_across_a_restart_is_no_new_entry(metrics: Metrics) -> None:
    entry = events.QueueEntered(
        at=T, call="a", queue="billing", skills="", priority=0, entered_at=T
    )
    again = events.QueueEntered(
        at=T, call="a", queue="billing", skills="", priority=0, entered_at=T, resumed=True
    )
    feed(metrics, entry, again)
    assert value(metrics, "queue_calls_entered_total", queue="billing") == 1


ON_CALL, WRAP_UP, AVAILABLE = AgentState.ON_CALL, AgentState.WRAP_UP, AgentState.AVAILABLE


@pytest.mark.parametrize(
    ("history", "wrap_ups", "handle_s"),
    [
        ([talked(), moved(ON_CALL, WRAP_UP), moved(WRAP_UP, AVAILABLE, 10)], 1, 75),
        ([moved(ON_CALL, WRAP_UP), talked(), moved(WRAP_UP, AVAILABLE, 10)], 1, 75),
        ([talked(), moved(ON_CALL, AVAILABLE)], 0, 65),
        ([moved(ON_CALL, AVAILABLE), talked()], 0, 65),
        ([talked(), moved(ON_CALL, WRAP_UP)], 0, 0),
    ],
)
def test_handling_is_talk_hold_and_wrap_up_whatever_is_told_first(
    metrics: Metrics, history: list[events.Event], wrap_ups: int, handle_s: float
) -> None:
    feed(metrics, *history)
    assert value(metrics, "queue_talk_seconds_sum", queue="billing") == 60
    assert value(metrics, "queue_hold_seconds_sum", queue="billing") == 5
    assert value(metrics, "queue_wrapup_seconds_count", queue="billing") == wrap_ups
    assert value(metrics, "queue_handle_seconds_sum", queue="billing") == handle_s


def test_offers(metrics: Metrics) -> None:
    offer = events.OfferEnded(
        at=T,
        call="a",
        offer="o",
        queue="billing",
        agent="mia",
        outcome=OfferOutcome.NO_ANSWER,
        ring_s=15,
    )
    feed(metrics, offer)
    assert value(metrics, "offers_total", queue="billing", outcome="no_answer") == 1
    assert value(metrics, "offer_ring_seconds_sum", queue="billing") == 15


def test_agents_time_goes_to_the_state_and_the_pause_they_leave(metrics: Metrics) -> None:
    feed(
        metrics,
        moved(AgentState.LOGGED_OUT, AVAILABLE, 5000),
        moved(AVAILABLE, AgentState.PAUSED, 30, "lunch"),
        moved(AgentState.PAUSED, AgentState.PAUSED, 40, "rona"),
        moved(AgentState.PAUSED, AVAILABLE, 2, "ready"),
    )
    assert value(metrics, "agent_state_seconds_total", state="available") == 30
    assert value(metrics, "agent_state_seconds_total", state="paused") == 42
    assert value(metrics, "agent_pause_seconds_total", reason="lunch") == 40
    assert value(metrics, "agent_pause_seconds_total", reason="rona") == 2


def test_supervisors(metrics: Metrics) -> None:
    feed(
        metrics,
        events.SupervisionStarted(at=T, call="a", supervisor="sam", agent="mia", mode="listen"),
        events.SupervisionModeChanged(at=T, call="a", supervisor="sam", agent="mia", mode="barge"),
        events.SupervisionRefused(at=T, supervisor="sam", agent="mia", reason="other_team"),
    )
    assert value(metrics, "supervisor_sessions_total", mode="listen", result="started") == 1
    assert value(metrics, "supervisor_sessions_total", mode="none", result="other_team") == 1
    assert value(metrics, "supervisor_sessions_active", mode="barge") == 1
    feed(
        metrics,
        events.SupervisionEnded(at=T, call="a", supervisor="sam", agent="mia", seconds=3),
    )
    assert value(metrics, "supervisor_sessions_active", mode="barge") == 0


def test_recordings(metrics: Metrics) -> None:
    feed(
        metrics,
        events.RecordingFinished(at=T, call="a", recording="r", result="short", seconds=1, bytes=2),
    )
    assert value(metrics, "recordings_total", result="short") == 1


# --- what is true at this moment


def test_live_gauges_are_read_at_the_scrape(metrics: Metrics, live: Live) -> None:
    live.active = 3
    live.agents_now = {AVAILABLE: 2, AgentState.LOGGED_OUT: 1}
    live.queues_now = [QueueNow("billing", 4, 33.5, {AVAILABLE: 1})]
    assert value(metrics, "calls_active", direction="inbound") == 3
    assert value(metrics, "agents", state="available") == 2
    assert value(metrics, "agents", state="logged_out") == 1
    assert value(metrics, "queue_callers", queue="billing") == 4
    assert value(metrics, "queue_longest_wait_seconds", queue="billing") == 33.5
    assert value(metrics, "queue_agents", queue="billing", state="available") == 1


def test_the_server_itself(metrics: Metrics) -> None:
    feed(metrics, events.AmiConnected(at=T), events.AmiLost(at=T))
    assert value(metrics, "ami_connected") == 0
    feed(metrics, events.AmiConnected(at=T))
    system = metrics.system
    system.watch_agi_sessions(lambda: 2)
    system.watch_journal(lambda: 7, lambda: True, lambda: 3)
    system.agi_error("garbage")
    system.observe_journal_write(0.004)
    system.observe_event_loop_lag(0.002)
    assert value(metrics, "ami_connected") == 1
    assert value(metrics, "ami_reconnects_total") == 1
    assert value(metrics, "agi_sessions_active") == 2
    assert value(metrics, "agi_errors_total", reason="garbage") == 1
    assert value(metrics, "journal_backlog_events") == 7
    assert value(metrics, "journal_database_up") == 1
    assert value(metrics, "journal_write_seconds_sum") == 0.004
    assert value(metrics, "event_loop_lag_seconds_sum") == 0.002


def test_asterisks_events_are_counted_by_name_where_the_server_reads_them(
    metrics: Metrics,
) -> None:
    for name in ("Hangup", "Hangup", "RTCPSent", 'x"} evil{', ""):
        metrics.system.ami_event(name)
    assert value(metrics, "ami_events_total", event="Hangup") == 2
    assert value(metrics, "ami_events_total", event="other") == 3


@pytest.mark.parametrize(("known", "shown"), [(True, 1), (False, 0), (None, None)])
def test_the_trunk_is_shown_where_there_is_one(
    metrics: Metrics, known: bool | None, shown: float | None
) -> None:
    assert value(metrics, "trunk_reachable") is None
    metrics.system.watch_trunk(lambda: known)
    assert value(metrics, "trunk_reachable") == shown


def test_a_refused_reload_is_seen_until_one_succeeds(metrics: Metrics) -> None:
    seen = [value(metrics, "config_last_reload_successful")]
    feed(metrics, events.ServerStarted(at=T, version="1"))
    for event in (
        events.ReloadFailed(at=T, detail="typo"),
        events.SiteReloaded(at=T, changes=1, detail="mended"),
    ):
        feed(metrics, event)
        seen.append(value(metrics, "config_last_reload_successful"))
    assert seen == [1, 0, 1]


def test_lost_events_are_counted_once_however_often_they_are_scraped(metrics: Metrics) -> None:
    metrics.system.watch_journal(lambda: 0, lambda: True, lambda: 3)
    metrics.render()
    metrics.render()
    assert "callcenter_journal_lost_events_total 3.0" in metrics.render().decode()


# --- limits


def test_values_nobody_configured_never_become_labels(metrics: Metrics) -> None:
    feed(
        metrics,
        queue_left(QueueOutcome.ANSWERED, 1, queue='x"} evil{'),
        queue_left(QueueOutcome.ANSWERED, 1, queue="another"),
        events.NodeEntered(at=T, call="a", flow="night", node="menu"),
    )
    assert value(metrics, "queue_calls_total", queue="other", outcome="answered") == 2
    assert value(metrics, "ivr_node_entries_total", flow="other", node="other") == 1
    assert "evil" not in metrics.render().decode()


def test_a_site_too_large_for_metrics_is_served_and_what_is_too_much_counts_as_other(
    live: Live,
) -> None:
    nodes = {f"n{number}": Step() for number in range(10_001)}
    with capture_logs() as logs:
        metrics = Metrics(SITE, {"huge": Tree(nodes)}, live)
    told = {log["metric"]: log["counted_as_other"] for log in logs if "metric" in log}
    assert told["callcenter_ivr_node_entries"] == 1
    for name in ("n0", "n10000"):
        feed(metrics, events.NodeEntered(at=T, call="a", flow="huge", node=name))
    entries = {
        node: value(metrics, "ivr_node_entries_total", flow=flow, node=node)
        for flow, node in (("huge", "n0"), ("other", "other"))
    }
    assert entries == {"n0": 1, "other": 1}


def test_a_site_without_queues_can_be_scraped(live: Live) -> None:
    site = SITE.model_copy(update={"queues": {}})
    live.queues_now = []
    metrics = Metrics(site, {}, live)
    feed(metrics, queue_left(QueueOutcome.ANSWERED, 1), call_ended())
    assert value(metrics, "queue_calls_total", queue="other", outcome="other") == 1
