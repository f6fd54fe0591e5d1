"""Slows down who guesses passwords, without letting them keep anybody out.

Counted by the name tried together with the address that tries, by the address alone, and, more
loosely, by the name alone: that is for guesses from many addresses. An address from which that
name was signed in before is not kept waiting by what others do to the name.

An attempt counts when it begins, so that a hundred at once are a hundred. Invariant: bounded
memory; what was counted longest ago is forgotten first.
"""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass

from ivr.model.waits import doubled

COSTLY = 5
"""The first failure that costs a wait, of a name from one address, and of one address."""
NAME_COSTLY = 50
"""That of a name, from wherever they come."""
FIRST_S = 1.0
FORGET_S = 900.0
"""Without an attempt for so long, all is forgotten."""
KEYS_MAX = 10_000
KNOWN_MAX = 20
"""Addresses remembered of each name; the one used longest ago goes first."""


@dataclass
class _Count:
    failures: int
    until: float
    """No attempt before then."""
    last: float


@dataclass(frozen=True)
class _Rule:
    """What one key of an attempt costs."""

    key: tuple[str, str, str]
    costly: int
    wait_max: float
    """In seconds."""


class Throttle:
    """Waits of 1, 2, 4, ... seconds from the first costly failure on, at most a minute by name and
    five by address."""

    def __init__(self, keys_max: int = KEYS_MAX) -> None:
        self._keys_max = keys_max
        self._counts: OrderedDict[tuple[str, str, str], _Count] = OrderedDict()
        self._known: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        """Name -> where it was signed in from, the latest last."""

    def __len__(self) -> int:
        """Everything kept."""
        return len(self._counts) + sum(map(len, self._known.values()))

    def enter(self, name: str, address: str, now: float) -> float:
        """Seconds to wait; 0: this attempt may be made, and counts until `succeeded`."""
        rules = self._rules(name, network_of(address))
        wait = max(self._wait(rule.key, now) for rule in rules)
        if wait > 0:
            return wait
        for rule in rules:
            self._count(rule, now)
        return 0.0

    def succeeded(self, name: str, address: str) -> None:
        """The name is free again from there; of the rest this one attempt is taken back: others
        may have failed."""
        network = network_of(address)
        rules = self._rules(name, network)
        self._counts.pop(_pair(name, network), None)
        for rule in rules:
            count = self._counts.get(rule.key)
            if count is not None:
                count.failures -= 1
                count.until = 0.0
        self.knows(name, address)

    def knows(self, name: str, address: str) -> None:
        """This name was signed in from there."""
        networks = self._known.pop(name, None) or OrderedDict()
        network = network_of(address)
        networks.pop(network, None)
        networks[network] = None
        if len(networks) > KNOWN_MAX:
            networks.popitem(last=False)
        self._known[name] = networks
        if len(self._known) > self._keys_max:
            self._known.popitem(last=False)

    def _rules(self, name: str, network: str) -> list[_Rule]:
        rules = [
            _Rule(_pair(name, network), COSTLY, 60.0),
            _Rule(("address", "", network), COSTLY, 300.0),
        ]
        if network not in self._known.get(name, {}):
            rules.append(_Rule(("name", name, ""), NAME_COSTLY, 60.0))
        return rules

    def _wait(self, key: tuple[str, str, str], now: float) -> float:
        count = self._counts.get(key)
        return 0.0 if count is None else count.until - now

    def _count(self, rule: _Rule, now: float) -> None:
        count = self._counts.pop(rule.key, None)
        if count is None or now - count.last > FORGET_S:
            count = _Count(0, 0.0, now)
        count.failures, count.last = count.failures + 1, now
        count.until = now + doubled(count.failures, rule.costly, FIRST_S, rule.wait_max)
        self._counts[rule.key] = count
        if len(self._counts) > self._keys_max:
            self._counts.popitem(last=False)


def _pair(name: str, network: str) -> tuple[str, str, str]:
    return "name from there", name, network


def network_of(address: str) -> str:
    """What one attacker has at least: a whole /64 of IPv6, one address of IPv4."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address
