"""Scheduled reports, counted by what came of them."""

from ivr.metrics import Metrics
from ivr.model import events
from ivr.model.reports import ScheduledReport
from tests.unit.metrics.conftest import FLOWS, SITE, Live, value
from tests.unit.metrics.happenings import T, feed

REPORTS = {"week": ScheduledReport(report="queues", schedule="0 6 * * mon", directory="week")}


def failed(*, final: bool) -> events.ReportFailed:
    return events.ReportFailed(at=T, report="week", due=T, attempt=1, reason="full", final=final)


def test_every_outcome_exists_at_0_and_counts(live: Live) -> None:
    metrics = Metrics(SITE.model_copy(update={"reports": REPORTS}), FLOWS, live)
    assert counts(metrics) == (0, 0, 0)
    sent = events.ReportSent(at=T, report="week", due=T, attempt=3, file="w", recipients=0)
    feed(metrics, failed(final=False), failed(final=False), failed(final=True), sent)
    assert counts(metrics) == (1, 2, 1)


def counts(metrics: Metrics) -> tuple[float | None, ...]:
    return tuple(
        value(metrics, "scheduled_reports_total", report="week", outcome=outcome)
        for outcome in ("sent", "retried", "failed")
    )
