"""Parked callers: who is in which slot, and who asks for them."""

import asyncio
from dataclasses import dataclass, field

SLOTS = tuple(str(number) for number in range(1, 100))
PARK_LIMIT_S = 120.0
"""How long a caller stays parked; then the queue has them back."""


@dataclass(eq=False)
class Slot:
    """One parked caller; `asked` becomes the agent who retrieves them."""

    number: str
    call: str
    asked: asyncio.Future[str] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Parking:
    """The slots of the house, few and short: they are told and dialled."""

    def __init__(self) -> None:
        self._taken: dict[str, Slot] = {}
        self._promised: set[str] = set()

    def reserve(self) -> str | None:
        """The lowest free slot, kept until somebody is put there; None when all are taken."""
        for number in SLOTS:
            if number not in self._taken and number not in self._promised:
                self._promised.add(number)
                return number
        return None

    def put(self, number: str, call: str) -> Slot:
        """Into this slot; the next free one when it is taken, as may happen after a restart."""
        self._promised.discard(number)
        if number in self._taken:
            number = next(n for n in SLOTS if n not in self._taken and n not in self._promised)
        slot = self._taken[number] = Slot(number, call)
        return slot

    def free(self, slot: Slot) -> None:
        self._taken.pop(slot.number, None)

    def forget(self, number: str) -> None:
        """A reserved slot is not needed after all."""
        self._promised.discard(number)

    def holds(self, number: str) -> bool:
        """Whether somebody is there whom nobody has asked for."""
        slot = self._taken.get(number)
        return slot is not None and not slot.asked.done()

    def retrieve(self, number: str, agent: str) -> None:
        """Ask for the caller in this slot; nothing happens when they are gone already."""
        if self.holds(number):
            self._taken[number].asked.set_result(agent)
