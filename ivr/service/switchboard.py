"""Takes every report of the telephony side to those it concerns."""

from typing import Protocol

from ivr.ports import Clock
from ivr.service.callbacks import Callbacks
from ivr.service.clicks import Clicks
from ivr.service.conversations import Conversations
from ivr.service.dispatcher import Dispatcher
from ivr.service.legs import (
    ChannelGone,
    ChannelStarted,
    CustomerFailed,
    Exchanged,
    HoldChanged,
    KeyPressed,
    LegEvent,
    LegFailed,
    LegGone,
    OrderFailed,
    Referred,
)
from ivr.service.listening import Listening
from ivr.service.resumption import Resumption
from ivr.service.supervision import Supervision


class KeyListener(Protocol):
    def key_pressed(self, key: str) -> None: ...


class Switchboard:
    """Keys go to the line they were pressed on, everything about legs to the dispatcher."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        conversations: Conversations,
        supervision: Supervision,
        resumption: Resumption,
        clock: Clock,
        callbacks: Callbacks,
        listening: Listening,
        clicks: Clicks,
    ) -> None:
        self._listening = listening
        self._clicks = clicks
        self._callbacks = callbacks
        self._dispatcher = dispatcher
        self._conversations = conversations
        self._supervision = supervision
        self._resumption = resumption
        self._clock = clock
        self._lines: dict[str, KeyListener] = {}

    def connect(self, channel: str, line: KeyListener) -> None:
        """From now on keys pressed on this channel go to `line`."""
        self._lines[channel] = line

    def disconnect(self, channel: str, line: KeyListener) -> None:
        """No more, unless somebody else is connected by now."""
        if self._lines.get(channel) is line:
            del self._lines[channel]

    def report(self, event: LegEvent) -> None:
        match event:
            case KeyPressed(channel=channel, key=key):
                if line := self._lines.get(channel):
                    line.key_pressed(key)
                self._supervision.key_pressed(channel, key)
            case Referred():
                self._conversations.referred(event)
            case Exchanged():
                self._exchanged(event)
            case HoldChanged(channel=channel, on=on):
                if conversation := self._conversations.with_channel(channel):
                    conversation.hold(on=on, now=self._clock.now())
            case CustomerFailed(channel=channel, outcome=outcome):
                self._callbacks.leg_failed(channel, outcome)
                self._dispatcher.on_leg_event(ChannelGone(channel))
            case ChannelStarted(channel=channel):
                self._callbacks.leg_started(channel)
                self._dispatcher.on_leg_event(event)
            case OrderFailed(leg=leg):
                self._callbacks.order_failed(leg)
                self._listening.channel_gone(leg)
                self._clicks.channel_gone(leg)
                self._dispatcher.on_leg_event(event)
            case ChannelGone(channel=channel):
                self._resumption.channel_gone(channel)
                self._callbacks.customer_gone(channel)
                self._conversations.channel_gone(channel)
                self._listening.channel_gone(channel)
                self._clicks.channel_gone(channel)
                self._dispatcher.on_leg_event(event)
            case LegGone(leg=leg) | LegFailed(leg=leg):
                self._resumption.channel_gone(leg)
                self._conversations.channel_gone(leg)
                self._dispatcher.on_leg_event(event)
            case _:
                self._dispatcher.on_leg_event(event)

    def _exchanged(self, event: Exchanged) -> None:
        """The two are parted at once: the caller's session joins them, and counts their talk."""
        if target := self._conversations.exchanged(event):
            self._dispatcher.take_out(target)
