"""Webhooks: attempts, dead letters and what is under way, by names the site has."""

import pytest

from ivr.metrics import Metrics
from ivr.model.webhook import Webhook
from ivr.webhooks.delivery import Backlog
from tests.unit.metrics.conftest import FLOWS, SITE, Live, value

HOOKS = {"crm": Webhook(target="crm", secret="signing")}


@pytest.fixture
def told(live: Live) -> Metrics:
    return Metrics(SITE.model_copy(update={"webhooks": HOOKS}), FLOWS, live)


def test_attempts_and_dead_letters_are_counted_and_begin_at_0(told: Metrics) -> None:
    assert value(told, "webhook_attempts_total", webhook="crm", outcome="delivered") == 0
    told.webhooks.told("crm", "delivered")
    told.webhooks.buried("crm", "overflow")
    assert value(told, "webhook_attempts_total", webhook="crm", outcome="delivered") == 1
    assert value(told, "webhook_dead_total", webhook="crm", reason="overflow") == 1


def test_what_is_under_way_is_looked_at_by_the_scrape(told: Metrics) -> None:
    told.webhooks.watch(lambda: {"crm": Backlog(events=3, oldest_s=7.5)})
    assert value(told, "webhook_backlog_events", webhook="crm") == 3
    assert value(told, "webhook_oldest_seconds", webhook="crm") == 7.5
