"""Names of calls and channels that no other run of a server gives."""

import secrets as randomness
from datetime import UTC, datetime

from ivr.asterisk.translate import click_name, customer_name, leg_name, supervisor_name
from ivr.ports import Clock


class Names:
    """`boot` tells this run of the server from every other."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.boot = randomness.token_hex(3)
        self._legs = 0

    def call(self) -> str:
        """Sortable by time, unique, and safe in file names: `20261122-043512-7f3a9c`."""
        moment = datetime.fromtimestamp(self._clock.now(), UTC)
        return f"{moment:%Y%m%d-%H%M%S}-{randomness.token_hex(3)}"

    def leg(self) -> str:
        return leg_name(self.boot, self._next())

    def customer(self) -> str:
        return customer_name(self.boot, self._next())

    def supervisor(self) -> str:
        return supervisor_name(self.boot, self._next())

    def click(self) -> str:
        return click_name(self.boot, self._next())

    def _next(self) -> int:
        self._legs += 1
        return self._legs
