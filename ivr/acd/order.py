"""Sorted groups: what lets one event look at few calls and few agents instead of all."""

from bisect import bisect_left
from collections.abc import Collection, Hashable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

Key = tuple[float, ...]
"""What decides, then what decides between equals, a unique number last: lower comes first."""

EVERYBODY = ""
"""Label of the shelf for what no skill narrows down."""


class Order(Generic[T]):
    """Items sorted by unique keys. Finding is logarithmic; moving the tail is one memory copy."""

    __slots__ = ("_items", "_keys")

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._items: list[T] = []

    def __len__(self) -> int:
        return len(self._keys)

    def entries(self) -> Iterator[tuple[Key, T]]:
        """Keys with their items, lowest key first."""
        return zip(self._keys, self._items, strict=True)

    @property
    def head(self) -> Key | None:
        """The lowest key, if any."""
        return self._keys[0] if self._keys else None

    @property
    def first_key(self) -> Key:
        """IndexError when nothing stands here."""
        return self._keys[0]

    def first(self) -> T:
        return self._items[0]

    def before(self, key: Key) -> int:
        """How many lie below this key."""
        return bisect_left(self._keys, key)

    def add(self, key: Key, item: T) -> None:
        at = bisect_left(self._keys, key)
        self._keys.insert(at, key)
        self._items.insert(at, item)

    def remove(self, key: Key) -> None:
        """KeyError when nothing lies there: the index and its owner would disagree."""
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            raise KeyError(key)
        del self._keys[at]
        del self._items[at]


class Shelves(Generic[T]):
    """Groups filed under skills; on each shelf they stand by the key of their first member."""

    def __init__(self) -> None:
        self._shelves: dict[Hashable, Order[T]] = {}

    def shelf(self, label: Hashable) -> Order[T] | None:
        """What stands under this skill; None when nothing does."""
        return self._shelves.get(label)

    def place(
        self, item: T, labels: Collection[Hashable], before: Key | None, after: Key | None
    ) -> None:
        """The group's first key changed; None means it is empty and stands nowhere."""
        if before == after:
            return
        for label in labels:
            shelf = self._shelves.get(label)
            if shelf is None:
                shelf = self._shelves[label] = Order()
            if before is not None:
                shelf.remove(before)
            if after is not None:
                shelf.add(after, item)
            elif not len(shelf):
                del self._shelves[label]
