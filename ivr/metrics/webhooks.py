"""Webhooks: what came of telling other systems."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge

OUTCOMES = ("delivered", "gone", "refused", "failed", "timeout", "unreachable")
"""What comes of an attempt; a test compares the list with that of the webhooks."""
REASONS = (*OUTCOMES[1:], "overflow")

ATTEMPTS = Spec(
    "webhook_attempts_total",
    "counter",
    ("webhook", "outcome"),
    "Attempts to tell a webhook of an event: delivered, gone (410), refused (other status below "
    "500), failed (500 and above), timeout, unreachable.",
)
DEAD = Spec(
    "webhook_dead_total",
    "counter",
    ("webhook", "reason"),
    "Events given up: by what came of the last attempt, or overflow (too many were under way).",
)
BACKLOG = Spec(
    "webhook_backlog_events",
    "gauge",
    ("webhook",),
    "Events taken out of the journal, and neither delivered nor dead.",
)
OLDEST = Spec(
    "webhook_oldest_seconds",
    "gauge",
    ("webhook",),
    "Since the oldest event under way was taken out of the journal; 0 when there is none.",
)


class Backlog(Protocol):
    """What is under way to one webhook."""

    @property
    def events(self) -> int: ...
    @property
    def oldest_s(self) -> float: ...


class WebhooksTopic(Topic):
    """`told` and `buried` as it happens, `watch` takes what is asked at scrape."""

    specs = (ATTEMPTS, DEAD, BACKLOG, OLDEST)

    def __init__(self, setup: Setup) -> None:
        self._attempts = setup.counter(ATTEMPTS, setup.site.webhooks, OUTCOMES)
        self._dead = setup.counter(DEAD, setup.site.webhooks, REASONS)
        self._read: Callable[[], Mapping[str, Backlog]] = dict

    def told(self, webhook: str, outcome: str) -> None:
        self._attempts.of(webhook, outcome).inc()

    def buried(self, webhook: str, reason: str) -> None:
        self._dead.of(webhook, reason).inc()

    def watch(self, read: Callable[[], Mapping[str, Backlog]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        found = self._read()
        yield live_gauge(BACKLOG, {(name,): float(one.events) for name, one in found.items()})
        yield live_gauge(OLDEST, {(name,): one.oldest_s for name, one in found.items()})
