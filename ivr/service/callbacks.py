"""Call-backs: the caller has hung up, the place in line goes on, and the customer is called.

For the journal the caller has left the queue when they asked; what comes after is told by
CallbackAttempted and CallbackEnded.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from ivr.model import events
from ivr.model.agents import QueueOutcome
from ivr.ports import CustomerLegs
from ivr.service.callback_attempts import Attempts
from ivr.service.callback_entry import (
    Pending,
    call_over,
    requested,
)
from ivr.service.callback_history import Left, Wish, confirmed_of, left_of
from ivr.service.desk import Desk
from ivr.service.legs import LiveChannel, Snapshot
from ivr.service.places import Place

log = structlog.get_logger(__name__)


class Callbacks(Attempts):
    """All call-backs still to be made: asked for now, or left by a former server."""

    def __init__(self, desk: Desk, customers: CustomerLegs, new_leg: Callable[[], str]) -> None:
        super().__init__(desk, customers, new_leg)
        self._returning: dict[str, Left] = {}
        """By channel: confirmed customers in line whose session is not back yet."""

    def pending(self) -> Mapping[str, int]:
        """Customers still to be called, by queue."""
        return Counter(self.queue_of_call().values())

    def queue_of_call(self) -> Mapping[str, str]:
        """The queue of every call whose customer is still to be called."""
        return {call: one.wish.queue for call, one in self._pending.items()}

    # --- asking for one

    def take(self, wish: Wish, place: Place) -> bool:
        """The caller in this place will be called; whether this call is the one that goes on.

        A number is in a queue's line once: the earlier place stands, the later call is over.
        """
        before = self._same(wish)
        self._desk.dispatcher.hand_over(place, QueueOutcome.CALLBACK)
        if before is not None and before.wish.entered_at <= wish.entered_at:
            return False
        if before is not None:
            self._withdraw(before, "cancelled")
        self._desk.recorder.record(requested(wish, self._desk.clock.now()))
        self._begin(wish, 0, 0.0, resumed=False, steps=place.steps)
        return True

    def is_full(self, queue: str) -> bool:
        """As many as may wait there wait to be called already."""
        return self.pending().get(queue, 0) >= self._desk.site.queues[queue].length_max

    def line_free(self, call: str) -> None:
        """The call in which a call-back was asked for has ended."""
        if one := self._pending.get(call):
            one.line_free.set()

    def _same(self, wish: Wish) -> Pending | None:
        return next(
            (
                one
                for one in self._pending.values()
                if (one.wish.queue, one.wish.number) == (wish.queue, wish.number)
                and not one.confirmed
            ),
            None,
        )

    # --- after a restart

    def restore(self, found: Sequence[Left]) -> None:
        """After a restart: these stand in line again, at their own places."""
        for left in found:
            queue = self._desk.site.queues.get(left.wish.queue)
            if queue is None or queue.callback is None:
                log.warning("call-back dropped: the site has none there", call=left.wish.call)
                self._record_end(left.wish, left.attempts, "cancelled")
                self._desk.recorder.record(call_over(left.wish, self._desk.clock.now()))
                continue
            retry_at = 0.0
            if left.last_at is not None:
                retry_at = left.last_at + queue.callback.retry_after_s
            self._begin(left.wish, left.attempts, retry_at, resumed=True).line_free.set()

    async def take_over(
        self, snapshot: Snapshot, calls: Mapping[str, list[events.Event]]
    ) -> tuple[Snapshot, dict[str, list[events.Event]]]:
        """After a restart: what was still to be made stands in line again.

        Returns what is left of both for others to take over. To be called before any agent is
        logged in, so that nobody behind is offered first. A phone found ringing or being asked is
        hung up: its attempt has not been made, and nobody is called twice at once.
        """
        found = {call: left for call, history in calls.items() if (left := left_of(history))}
        dropped = {
            channel.channel
            for channel in snapshot.channels
            if (channel.is_customer and channel.memo is None)
            or (channel.memo is not None and channel.memo.call in found)
        }
        await asyncio.gather(*map(self._desk.dispatcher.drop_leg, sorted(dropped)))
        kept = [channel for channel in snapshot.channels if channel.channel not in dropped]
        here = {channel.memo.call: channel for channel in kept if channel.memo is not None}
        for call, history in calls.items():
            if confirmed := confirmed_of(history):
                self._take_over_confirmed(confirmed, here.get(call))
        self.restore(list(found.values()))
        rest = {call: history for call, history in calls.items() if call not in found}
        return replace(snapshot, channels=tuple(kept)), rest

    def _take_over_confirmed(self, left: Left, channel: LiveChannel | None) -> None:
        """A customer who still waits for an agent comes back as the call-back they are."""
        queue = self._desk.site.queues.get(left.wish.queue)
        memo = None if channel is None else channel.memo
        if channel is None or memo is None:
            self._record_end(left.wish, left.attempts, "cancelled")
        elif memo.state == "waiting" and queue is not None and queue.callback is not None:
            self._returning[channel.channel] = left
        else:
            self._record_end(left.wish, left.attempts, "completed")

    def back(self, channel: str) -> Pending | None:
        """The session of a confirmed customer is here: they stand in line again, unannounced."""
        left = self._returning.pop(channel, None)
        if left is None:
            return None
        return self._begin(left.wish, left.attempts, 0.0, resumed=True, confirmed=True)

    def customer_gone(self, channel: str) -> None:
        """Hung up before their session came back."""
        if left := self._returning.pop(channel, None):
            self._record_end(left.wish, left.attempts, "cancelled")
