"""The board: items by kind and name, and the last changes to them, numbered. Pure."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]
Item = Mapping[str, Json]
Key = tuple[str, str]
"""Kind and name, for example `("agent", "ann")`."""
Changes = Mapping[Key, Item | None]
"""What an item is now; None: it is no more."""

DELTAS_MAX = 1000
"""So many changes are kept for those who come back after a drop."""


@dataclass(frozen=True)
class Delta:
    """What was told at once; numbers follow each other without a gap."""

    number: int
    changes: Changes


class Board:
    """Keeps items and the latest deltas. Whoever has seen number N is brought up to date by
    `since(N)`."""

    def __init__(self, deltas_max: int = DELTAS_MAX) -> None:
        self._items: dict[Key, Item] = {}
        self._deltas: deque[Delta] = deque(maxlen=deltas_max)
        self.number = 0
        """Of the last delta."""

    @property
    def items(self) -> Mapping[Key, Item]:
        return self._items

    def names(self, kind: str) -> list[str]:
        """Of every item of this kind."""
        return [name for one, name in self._items if one == kind]

    def apply(self, changes: Changes) -> bool:
        """Whether any of this differs from what is there; that much is a delta."""
        real = dict(self._differing(changes))
        if not real:
            return False
        for key, item in real.items():
            if item is None:
                del self._items[key]
            else:
                self._items[key] = item
        self.number += 1
        self._deltas.append(Delta(self.number, real))
        return True

    def _differing(self, changes: Changes) -> Iterator[tuple[Key, Item | None]]:
        for key, item in changes.items():
            if self._items.get(key) != item:
                yield key, item

    def since(self, number: int) -> Changes | None:
        """Everything that changed after this delta, merged; None: too long ago, or not of this
        board."""
        behind = self.number - number
        if not 0 <= behind <= len(self._deltas):
            return None
        merged: dict[Key, Item | None] = {}
        for delta in islice(self._deltas, len(self._deltas) - behind, None):
            merged.update(delta.changes)
        return merged
