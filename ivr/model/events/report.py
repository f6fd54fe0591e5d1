"""Reports made by the clock. For each time one is due, the last of these tells what came of it."""

from dataclasses import dataclass

from ivr.model.events.base import Event


@dataclass(frozen=True, kw_only=True)
class ReportScheduled(Event):
    """From now on this report is due by this schedule; what was due before counts no more."""

    type = "report.scheduled"
    report: str
    schedule: str
    """Empty: it is due no more, for it was taken out of the site."""


@dataclass(frozen=True, kw_only=True)
class ReportStarted(Event):
    """It is made, and is about to be handed over: told durably before anybody can have it."""

    type = "report.started"
    report: str
    due: float
    """The time it was due, UTC epoch seconds: together with `report` what tells two apart."""
    attempt: int


@dataclass(frozen=True, kw_only=True)
class ReportSent(Event):
    type = "report.sent"
    report: str
    due: float
    attempt: int
    file: str
    """Where it was written; empty: nowhere."""
    recipients: int
    """Whom the mail server took it for."""
    refused: int = 0
    """Whom it did not."""


@dataclass(frozen=True, kw_only=True)
class ReportFailed(Event):
    type = "report.failed"
    report: str
    due: float
    attempt: int
    reason: str
    final: bool
    """It is not tried again."""
