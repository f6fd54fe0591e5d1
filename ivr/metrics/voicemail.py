"""Voicemail: messages that wait, messages refused, whether others were told of them."""

from collections.abc import Iterable

from prometheus_client.core import Metric

from ivr.metrics.topic import Setup, Spec, Topic, live_gauge
from ivr.model.events import Event, MessageLeft, MessageNotified, MessageRefused
from ivr.model.lookups import Outcome

REASONS = ("full", "failed")

MESSAGES = Spec(
    "voicemail_messages",
    "gauge",
    ("mailbox", "state"),
    "Messages kept in each mailbox: new ones, and those somebody has heard.",
)

LEFT = Spec("voicemail_left_total", "counter", ("mailbox",), "Messages left by callers.")

REFUSED = Spec(
    "voicemail_refused_total",
    "counter",
    ("mailbox", "reason"),
    "Callers who could leave no message: mailbox or disk full, or recording failed.",
)

NOTIFIED = Spec(
    "voicemail_notifications_total",
    "counter",
    ("mailbox", "outcome"),
    "Messages the mailbox's hook was told of (answered), or could not be after all attempts.",
)


class VoicemailTopic(Topic):
    specs = (MESSAGES, LEFT, REFUSED, NOTIFIED)

    def __init__(self, setup: Setup) -> None:
        self._live = setup.live
        boxes = setup.site.mailboxes
        hooked = [name for name, box in boxes.items() if box.notify is not None]
        self._left = setup.counter(LEFT, boxes)
        self._refused = setup.counter(REFUSED, boxes, REASONS)
        self._notified = setup.counter(NOTIFIED, hooked, Outcome)

    def record(self, event: Event) -> None:
        if isinstance(event, MessageLeft):
            self._left.of(event.mailbox).inc()
        elif isinstance(event, MessageRefused):
            self._refused.of(event.mailbox, event.reason).inc()
        elif isinstance(event, MessageNotified):
            self._notified.of(event.mailbox, event.outcome).inc()

    def collect(self) -> Iterable[Metric]:
        counts = self._live.messages().items()
        new = {(mailbox, "new"): count for mailbox, (count, _) in counts}
        heard = {(mailbox, "heard"): count for mailbox, (_, count) in counts}
        yield live_gauge(MESSAGES, {**new, **heard})
