"""Who is not served: counted, and told in the log in a line a minute, however many they are."""

import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

MALFORMED = "malformed"
"""What was sent is no request of HTTP."""
ADDRESS = "address"
"""One address has all it may have: the least useful of its connections went, or the new one."""
NO_ROOM = "no_room"
"""The same of all together."""
REASONS = (MALFORMED, ADDRESS, NO_ROOM)
QUIET_S = 60.0
"""Between two lines about the same reason."""


class Refusals:
    """`count` is told of each, by its reason; `now` is in seconds of any beginning."""

    def __init__(
        self,
        count: Callable[[str], None] = lambda _reason: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._count = count
        self._now = now
        self._told_at: dict[str, float] = {}
        self._untold = dict.fromkeys(REASONS, 0)

    def tell(self, reason: str, address: str) -> None:
        """`reason` is one of `REASONS`; `address` is whom it happened to, as an example of all."""
        self._count(reason)
        now = self._now()
        if now - self._told_at.get(reason, -QUIET_S) < QUIET_S:
            self._untold[reason] += 1
            return
        self._told_at[reason] = now
        log.warning("not served", reason=reason, address=address, others_since=self._untold[reason])
        self._untold[reason] = 0
