"""Slows down who guesses passwords: by the name tried, and by the address that tries.

An attempt counts when it begins, so that a hundred at once are a hundred. Invariant: bounded
memory; what was counted longest ago is forgotten first.
"""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass

FREE = 5
"""Failures without a wait."""
FORGET_S = 900.0
"""Without an attempt for so long, all is forgotten."""
KEYS_MAX = 10_000


@dataclass
class _Count:
    failures: int
    until: float
    """No attempt before then."""
    last: float


class Throttle:
    """Waits of 1, 2, 4, ... seconds after the free ones, at most a minute by name (nobody can be
    kept out by others for longer) and five by address."""

    def __init__(self, keys_max: int = KEYS_MAX) -> None:
        self._keys_max = keys_max
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    def enter(self, name: str, address: str, now: float) -> float:
        """Seconds to wait; 0: this attempt may be made, and counts until `succeeded`."""
        keys = (("name", name), 60.0), (("address", network_of(address)), 300.0)
        wait = max(self._wait(key, now) for key, _ in keys)
        if wait > 0:
            return wait
        for key, wait_max in keys:
            self._count(key, wait_max, now)
        return 0.0

    def succeeded(self, name: str, address: str) -> None:
        """The name is free again; of the address this one attempt is taken back: others may have
        failed from there."""
        self._counts.pop(("name", name), None)
        count = self._counts.get(("address", network_of(address)))
        if count is not None:
            count.failures -= 1
            count.until = 0.0

    def _wait(self, key: tuple[str, str], now: float) -> float:
        count = self._counts.get(key)
        return 0.0 if count is None else count.until - now

    def _count(self, key: tuple[str, str], wait_max: float, now: float) -> None:
        count = self._counts.pop(key, None)
        if count is None or now - count.last > FORGET_S:
            count = _Count(0, 0.0, now)
        count.failures, count.last = count.failures + 1, now
        beyond = count.failures - FREE
        if beyond >= 0:
            count.until = now + min(wait_max, 2.0 ** min(beyond, 20))
        self._counts[key] = count
        if len(self._counts) > self._keys_max:
            self._counts.popitem(last=False)


def network_of(address: str) -> str:
    """What one attacker has at least: a whole /64 of IPv6, one address of IPv4."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address
