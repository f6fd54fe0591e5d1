"""Service level and abandonment of each queue over the last half hour. Pure."""

from collections import deque
from dataclasses import dataclass, field

from ivr.kpi.service_level import SHORT_ABANDON_S, Counts, abandonment, offered_minus_short
from ivr.model.agents import QueueOutcome

MINUTE_S = 60.0
MINUTES = 30


@dataclass
class Minute:
    """What ended in one minute, in one queue."""

    number: int
    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0
    abandoned_in_time: int = 0
    abandoned_short: int = 0


@dataclass(frozen=True)
class Level:
    """Of the last half hour; None where nobody waited."""

    service_level: float | None
    """As `offered_minus_short` says."""
    abandoned: float | None
    answered: int


@dataclass
class Levels:
    """Counts waits that ended, in minutes; what is older than half an hour is forgotten."""

    _minutes: dict[str, deque[Minute]] = field(default_factory=dict)

    def count(
        self, queue: str, outcome: QueueOutcome, wait_s: float, within_s: float, now: float
    ) -> None:
        """`within_s` is the queue's threshold."""
        if outcome not in (QueueOutcome.ANSWERED, QueueOutcome.ABANDONED):
            return
        minute = self._minute(queue, int(now // MINUTE_S))
        in_time = wait_s <= within_s
        if outcome is QueueOutcome.ANSWERED:
            minute.answered += 1
            minute.answered_in_time += in_time
        else:
            minute.abandoned += 1
            minute.abandoned_in_time += in_time
            minute.abandoned_short += wait_s <= SHORT_ABANDON_S

    def of(self, now: float, *queues: str) -> Level:
        """Of these queues together."""
        first = int(now // MINUTE_S) - MINUTES
        minutes = [
            one for name in queues for one in self._minutes.get(name, ()) if one.number > first
        ]
        counts = Counts(
            answered=sum(one.answered for one in minutes),
            answered_in_time=sum(one.answered_in_time for one in minutes),
            abandoned=sum(one.abandoned for one in minutes),
            abandoned_in_time=sum(one.abandoned_in_time for one in minutes),
            abandoned_short=sum(one.abandoned_short for one in minutes),
        )
        return Level(offered_minus_short(counts), abandonment(counts), counts.answered)

    def _minute(self, queue: str, number: int) -> Minute:
        minutes = self._minutes.setdefault(queue, deque(maxlen=MINUTES))
        if not minutes or minutes[-1].number < number:
            minutes.append(Minute(number))
        return minutes[-1]
