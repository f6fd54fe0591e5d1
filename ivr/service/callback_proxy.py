"""Who stands in line while the customer of a call-back is not on the line."""

from typing import Protocol

from ivr.service.callback_entry import Pending


class Caller(Protocol):
    """Whoever calls customers."""

    def attempt(self, one: Pending) -> None:
        """Call the customer, unless that is being done."""

    def keep_agent(self, leg: str) -> None:
        """The agent who picked up hears music while the customer is called."""


class Proxy:
    """Stands in line for one customer."""

    def __init__(self, callbacks: Caller, one: Pending) -> None:
        self._callbacks = callbacks
        self._one = one

    def offered(self, leg: str) -> bool:
        self._one.offered.append(leg)
        if not self._one.customer_first:
            return True
        self._callbacks.attempt(self._one)
        return self._one.confirmed

    def picked_up(self, leg: str) -> bool:
        if self._one.confirmed:
            return True
        self._one.picked_up.append(leg)
        self._callbacks.keep_agent(leg)
        self._callbacks.attempt(self._one)
        return False

    def withdrawn(self, leg: str) -> None:
        for legs in (self._one.offered, self._one.picked_up):
            if leg in legs:
                legs.remove(leg)
