"""How many call-backs of a queue may ring or talk at the same time."""

from collections import Counter
from collections.abc import Mapping

from ivr.model.site import Callback, Queue


class CallbackCap:
    """Counts the call-backs under way; a call counts once, however many phones it rings."""

    def __init__(self, queues: Mapping[str, Queue]) -> None:
        self._queues = queues
        self._queue_of: dict[str, str] = {}
        self._active: Counter[str] = Counter()

    def begin(self, call: str, queue: str) -> None:
        """The call-back rings, or talks."""
        if call not in self._queue_of:
            self._queue_of[call] = queue
            self._active[queue] += 1

    def end(self, call: str) -> str | None:
        """It is over, or back in line; gives its queue, or None when it was not under way."""
        queue = self._queue_of.pop(call, None)
        if queue is not None:
            self._active[queue] -= 1
        return queue

    def is_full(self, queue: str) -> bool:
        """Whether no other call-back of this queue may begin."""
        terms = self._queues[queue].callback or Callback()
        return self._active[queue] >= terms.active_max
