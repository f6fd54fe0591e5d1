"""Voicemail in metrics: labels only from the site, whatever a flow or an old journal says."""

from ivr.metrics import Metrics
from ivr.model import events
from ivr.model.lookups import Outcome
from tests.unit.metrics.conftest import Live, value
from tests.unit.metrics.happenings import T, feed


def test_new_and_heard_messages_are_shown_by_mailbox(metrics: Metrics, live: Live) -> None:
    live.messages_now = {"office": (3, 2), "desk": (0, 0)}
    assert value(metrics, "voicemail_messages", mailbox="office", state="new") == 3
    assert value(metrics, "voicemail_messages", mailbox="office", state="heard") == 2
    assert value(metrics, "voicemail_messages", mailbox="desk", state="new") == 0


def test_messages_left_and_refused_are_counted_from_nought(metrics: Metrics) -> None:
    assert value(metrics, "voicemail_left_total", mailbox="office") == 0
    assert value(metrics, "voicemail_refused_total", mailbox="desk", reason="full") == 0
    left = events.MessageLeft(at=T, call="a", mailbox="office", file="office/a.wav", seconds=1.0)
    refused = events.MessageRefused(at=T, call="a", mailbox="desk", reason="full")
    feed(metrics, left, left, refused)
    assert value(metrics, "voicemail_left_total", mailbox="office") == 2
    assert value(metrics, "voicemail_refused_total", mailbox="desk", reason="full") == 1


def test_what_became_of_the_hook_is_counted_where_there_is_one(metrics: Metrics) -> None:
    labels = {"mailbox": "office", "outcome": "timeout"}
    assert value(metrics, "voicemail_notifications_total", **labels) == 0
    desk = {"mailbox": "desk", "outcome": "timeout"}
    assert value(metrics, "voicemail_notifications_total", **desk) is None
    told = events.MessageNotified(
        at=T,
        mailbox="office",
        file="office/a.wav",
        target="tickets",
        outcome=Outcome.TIMEOUT,
        attempts=5,
    )
    feed(metrics, told)
    assert value(metrics, "voicemail_notifications_total", **labels) == 1
