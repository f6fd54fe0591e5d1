"""Scheduled reports: what came of each time one was due."""

from ivr.metrics.topic import Setup, Spec, Topic
from ivr.model.events import Event, ReportFailed, ReportSent

OUTCOMES = ("sent", "retried", "failed")

REPORTS = Spec(
    "scheduled_reports_total",
    "counter",
    ("report", "outcome"),
    "Scheduled reports by outcome of an attempt: sent, retried (it is tried again), failed (given "
    "up).",
)


class ReportsTopic(Topic):
    specs = (REPORTS,)

    def __init__(self, setup: Setup) -> None:
        self._reports = setup.counter(REPORTS, setup.site.reports, OUTCOMES)

    def record(self, event: Event) -> None:
        if isinstance(event, ReportSent):
            self._reports.of(event.report, "sent").inc()
        elif isinstance(event, ReportFailed):
            self._reports.of(event.report, "failed" if event.final else "retried").inc()
