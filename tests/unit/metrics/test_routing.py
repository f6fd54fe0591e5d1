"""Relaxation, estimates, call-backs, transfers, the watch: what their events do to the metrics."""

import math

import pytest

from ivr.metrics import Metrics
from ivr.model import events
from ivr.model.invariants import INVARIANTS
from ivr.model.site import Queue, Relaxation
from ivr.ports import QueueNow
from tests.unit.metrics.conftest import FLOWS, SITE, Live, value
from tests.unit.metrics.happenings import T, call_ended, feed

RELAXING = SITE.model_copy(
    update={
        "queues": {
            "billing": SITE.queues["billing"].model_copy(
                update={"relax": [Relaxation(after=20, drop=["billing"])]}
            )
        }
    }
)


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_every_invariant_has_a_counter_from_the_start(metrics: Metrics, invariant: str) -> None:
    assert value(metrics, "routing_invariant_violations_total", invariant=invariant) == 0


def test_a_violation_is_counted_under_its_name(metrics: Metrics) -> None:
    feed(metrics, events.InvariantViolated(at=T, invariant="agent_time", detail="mia"))
    assert value(metrics, "routing_invariant_violations_total", invariant="agent_time") == 1


def test_a_fault_around_the_core_is_counted_by_where(metrics: Metrics) -> None:
    assert value(metrics, "routing_errors_total", where="order") == 0
    metrics.routing.count_error("order")
    assert value(metrics, "routing_errors_total", where="order") == 1


def test_relaxations_are_counted_by_the_steps_of_the_queue(live: Live) -> None:
    metrics = Metrics(RELAXING, FLOWS, live)
    assert value(metrics, "routing_relaxations_total", queue="billing", step="1") == 0
    feed(metrics, events.QueueRelaxed(at=T, call="a", queue="billing", step=1, skills=""))
    assert value(metrics, "routing_relaxations_total", queue="billing", step="1") == 1


def test_the_error_of_an_estimate_keeps_its_sign(metrics: Metrics) -> None:
    settled = events.EstimateSettled(
        at=T, call="a", queue="billing", announced_s=100.0, waited_s=60.0
    )
    feed(metrics, settled)
    labels = {"queue": "billing"}
    assert value(metrics, "estimate_error_seconds_count", **labels) == 1
    assert value(metrics, "estimate_error_seconds_bucket", le="-30.0", **labels) == 1
    assert value(metrics, "estimate_error_seconds_bucket", le="-60.0", **labels) == 0


def test_the_estimate_of_a_queue_is_shown_and_unknown_when_unsure(
    metrics: Metrics, live: Live
) -> None:
    live.queues_now = [
        QueueNow("billing", 2, 5.0, {}, estimate_s=75.0),
        QueueNow("support", 1, 5.0, {}),
    ]
    assert value(metrics, "queue_estimated_wait_seconds", queue="billing") == 75
    unsure = value(metrics, "queue_estimated_wait_seconds", queue="support")
    assert unsure is not None
    assert math.isnan(unsure)


def test_call_backs_pending_are_those_of_this_moment_whoever_asked_when(
    metrics: Metrics, live: Live
) -> None:
    live.queues_now = [QueueNow("billing", 2, 5.0, {}), QueueNow("support", 0, 0.0, {})]
    live.callbacks_now = {"billing": 2}
    assert value(metrics, "callbacks_pending", queue="billing") == 2
    assert value(metrics, "callbacks_pending", queue="support") == 0


def test_call_backs_are_counted_by_their_end(metrics: Metrics) -> None:
    ended = events.CallbackEnded(
        at=T, call="a", queue="billing", result="completed", attempts=1, wait_s=30
    )
    feed(metrics, ended)
    assert value(metrics, "callbacks_total", queue="billing", result="completed") == 1
    assert value(metrics, "callbacks_total", queue="support", result="expired") == 0


def test_transfers_and_who_is_parked(metrics: Metrics) -> None:
    feed(
        metrics,
        events.Transferred(
            at=T, call="a", agent="mia", queue="billing", kind="blind", target="agent", to="noa"
        ),
        events.Parked(at=T, call="a", agent="mia", queue="billing", slot="701"),
        events.Parked(at=T, call="b", agent="mia", queue="billing", slot="702"),
    )
    assert value(metrics, "transfers_total", kind="blind", target="agent") == 1
    assert value(metrics, "transfers_total", kind="attended", target="number") == 0
    assert value(metrics, "parked_calls") == 2
    feed(
        metrics,
        events.Unparked(at=T, call="a", slot="701", result="retrieved", by="noa", seconds=4),
        call_ended(call="b"),
    )
    assert value(metrics, "parked_calls") == 0


def test_the_time_of_each_decision(metrics: Metrics) -> None:
    metrics.routing.observe_decision(0.0002)
    assert value(metrics, "routing_decision_seconds_count") == 1


def test_what_a_reload_brought_has_series_at_0_at_once(metrics: Metrics) -> None:
    relaxed = Queue(title="Sales", relax=[Relaxation(after=20, drop=["billing"])])
    changed = SITE.model_copy(update={"queues": {**SITE.queues, "sales": relaxed}})
    metrics.reconfigure(metrics.prepare(changed, {**FLOWS, "night": FLOWS["company"]}))
    assert value(metrics, "queue_calls_entered_total", queue="sales") == 0
    assert value(metrics, "queue_wait_seconds_count", queue="sales", outcome="answered") == 0
    assert value(metrics, "routing_relaxations_total", queue="sales", step="1") == 0
    assert value(metrics, "queue_service_level_threshold_seconds", queue="sales") == 20
    node = next(iter(FLOWS["company"].nodes))
    assert value(metrics, "ivr_node_entries_total", flow="night", node=node) == 0
    metrics.record(
        events.QueueEntered(at=T, call="c1", queue="sales", skills="", priority=0, entered_at=T)
    )
    assert value(metrics, "queue_calls_entered_total", queue="sales") == 1


def test_what_was_counted_before_a_reload_stands(metrics: Metrics) -> None:
    entered = events.QueueEntered(
        at=T, call="c1", queue="billing", skills="", priority=0, entered_at=T
    )
    metrics.record(entered)
    metrics.reconfigure(metrics.prepare(SITE.model_copy(update={"queues": {}}), {}))
    assert value(metrics, "queue_calls_entered_total", queue="billing") == 1
    metrics.reconfigure(metrics.prepare(SITE, FLOWS))
    metrics.record(entered)
    assert value(metrics, "queue_calls_entered_total", queue="billing") == 2


def test_each_closure_is_shown_in_force_or_not(metrics: Metrics, live: Live) -> None:
    live.closures_now = {"house": False, "office": True}
    assert value(metrics, "closure_active", closure="house") == 0
    assert value(metrics, "closure_active", closure="office") == 1
