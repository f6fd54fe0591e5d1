"""When announcements are due: pure arithmetic over the moment the caller joined the queue."""

from collections.abc import Sequence
from math import floor

from ivr.ports import Announcement


def due(
    announcements: Sequence[Announcement], joined_at: float, since: float, now: float
) -> list[Announcement]:
    """What became due after `since`, up to `now`, in the order it was written; each only once,
    however often its moment has passed meanwhile."""
    moments = [(next_moment(one, joined_at, since), one) for one in announcements]
    return [one for moment, one in moments if moment is not None and moment <= now]


def next_due(announcements: Sequence[Announcement], joined_at: float, since: float) -> float | None:
    """The first moment after `since` at which anything is due."""
    moments = [next_moment(one, joined_at, since) for one in announcements]
    return min((moment for moment in moments if moment is not None), default=None)


def next_moment(announcement: Announcement, joined_at: float, since: float) -> float | None:
    """The first moment after `since` at which this one is due; None: never again."""
    first = joined_at + announcement.after_s
    if first > since:
        return first
    if announcement.every_s is None:
        return None
    return first + (floor((since - first) / announcement.every_s) + 1) * announcement.every_s
