"""Kept places: who hangs up while waiting and calls again soon need not begin at the end."""

from dataclasses import dataclass

KEPT_MAX = 10_000
"""Places kept at a time; beyond, the oldest is given up."""


@dataclass(frozen=True, slots=True)
class _Kept:
    entered_at: float
    until: float


class KeptPlaces:
    """Original times of entry by queue and caller, each for a time of grace."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, queue: str, caller: str, entered_at: float, until: float) -> None:
        """Nothing to keep when nobody knows who called."""
        if not caller:
            return
        self._kept.pop((queue, caller), None)
        self._kept[queue, caller] = _Kept(entered_at, until)
        if len(self._kept) > KEPT_MAX:
            del self._kept[next(iter(self._kept))]

    def find(self, queue: str, caller: str, now: float) -> float | None:
        """The time of entry this caller may have again; None: none is kept, or not any more."""
        kept = self._kept.get((queue, caller))
        return kept.entered_at if kept is not None and now < kept.until else None

    def use_up(self, queue: str, caller: str) -> None:
        """The caller is back in this queue."""
        self._kept.pop((queue, caller), None)
