"""The callers of one queue, in order, each with everything chance decides about them.

Every caller takes one number from every stream, used or not: so the n-th caller of a queue is the
same person under every policy.
"""

from collections.abc import Callable, Iterator
from itertools import accumulate
from math import inf, log
from random import Random

from ivr.model.ids import CallId, QueueId
from ivr.model.site import Queue
from ivr.simulate.scenario import HALF_HOUR_S, Answering, Demand
from ivr.simulate.spread import Sampler, sampler

Streams = Callable[[str], Random]
"""A purpose -> its own stream of chance."""


def streams(seed: int, replication: int) -> Streams:
    """Streams that differ in the seed, the replication or the purpose have nothing in common."""
    return lambda purpose: Random(f"{seed}/{replication}/{purpose}")  # noqa: S311 - repeatable


class Caller:
    """One visit. `delay_s` and `missed` tell how the first phone that rings is answered."""

    __slots__ = (
        "arrived_s",
        "attempt",
        "callback_after_s",
        "called",
        "counted",
        "delay_s",
        "ident",
        "measured",
        "missed",
        "name",
        "offers",
        "patience_s",
        "priority",
        "queue",
        "retry_after_s",
        "skills",
        "talk_s",
    )

    def __init__(self, name: str, attempt: int, queue: QueueId, arrived_s: float) -> None:
        self.name = name
        self.attempt = attempt
        self.ident = CallId(name if attempt == 1 else f"{name}.{attempt}")
        self.queue = queue
        self.arrived_s = arrived_s
        """Seconds since the beginning."""
        self.offers = 0
        self.measured = False
        self.skills = ""
        self.priority = 0
        self.patience_s = inf
        self.talk_s = 0.0
        self.delay_s = 0.0
        self.missed = False
        self.retry_after_s = inf
        """Until they call again after hanging up; infinite: they do not."""
        self.callback_after_s = inf
        """Waited so long, they ask to be called back; infinite: never."""
        self.called = 0
        """Attempts to call them back so far, one under way included; 0: they are on the line."""
        self.counted = False
        """Whether being called back counts: the visit did."""


class Callers:
    """The people who call one queue."""

    def __init__(
        self, ident: QueueId, queue: Queue, demand: Demand, answering: Answering, chance: Streams
    ) -> None:
        self._ident = ident
        self._demand = demand
        self._chance = chance
        self._kinds = [
            (_both(queue.skills, kind.skills), queue.priority + kind.priority)
            for kind in demand.kinds
        ]
        weights = list(accumulate(kind.share for kind in demand.kinds))
        self._shares = [weight / weights[-1] for weight in weights]
        self._talk = sampler(demand.talk)
        self._patience = sampler(demand.patience)
        self._delay = sampler(answering.delay)
        self._missed = answering.missed
        self._retry_share = demand.retry.share if demand.retry else 0.0
        self._attempts_max = demand.retry.attempts_max if demand.retry else 1
        self._callback = demand.callback
        self._reach = sampler(demand.callback.reach) if demand.callback else None
        self._retry_after: Sampler | None = sampler(demand.retry.after) if demand.retry else None

    def arrive(self, length_s: float) -> Iterator[Caller]:
        """First visits in order of arrival, until `length_s`."""
        purposes = (
            "kind",
            "talk",
            "patience",
            "delay",
            "missed",
            "retry",
            "retry_after",
            "callback",
        )
        dice = [self._chance(f"{self._ident}/{purpose}") for purpose in purposes]
        times = moments(self._demand.per_half_hour, length_s, self._chance(f"{self._ident}/gap"))
        for number, arrived_s in enumerate(times, 1):
            caller = Caller(f"{self._ident}-{number}", 1, self._ident, arrived_s)
            self._equip(caller, *dice)
            yield caller

    def again(self, caller: Caller, now_s: float) -> Caller:
        """The same person's next visit."""
        attempt = caller.attempt + 1
        dice = self._chance(f"{caller.name}/{attempt}")
        visit = Caller(caller.name, attempt, caller.queue, now_s + caller.retry_after_s)
        self._equip(visit, *([dice] * 8))
        visit.skills, visit.priority = caller.skills, caller.priority
        if attempt >= self._attempts_max:
            visit.retry_after_s = inf
        return visit

    def next_answer(self, caller: Caller) -> tuple[float, bool]:
        """Delay in seconds, and whether nobody answers at all, for the caller's next offer."""
        caller.offers += 1
        if caller.offers == 1:
            return caller.delay_s, caller.missed
        dice = self._chance(f"{caller.ident}/offer/{caller.offers}")
        return self._delay(dice), dice.random() < self._missed

    def hung_up(self, caller: Caller) -> Caller:
        """The same person, waiting to be called back."""
        waiting = Caller(f"{caller.ident}.back", 1, caller.queue, caller.arrived_s)
        waiting.skills, waiting.priority = caller.skills, caller.priority
        waiting.talk_s, waiting.called, waiting.counted = caller.talk_s, 1, caller.measured
        waiting.delay_s, waiting.missed = caller.delay_s, caller.missed
        return waiting

    def reach(self, caller: Caller) -> float | None:
        """Seconds until the customer answers this attempt; None: does not."""
        if self._callback is None or self._reach is None:
            raise ValueError(f"queue {self._ident} calls nobody back")
        dice = self._chance(f"{caller.ident}/call/{caller.called}")
        after_s, reached = self._reach(dice), dice.random() < self._callback.reached
        return after_s if reached else None

    def _equip(
        self,
        caller: Caller,
        kind: Random,
        talk: Random,
        patience: Random,
        delay: Random,
        missed: Random,
        retry: Random,
        retry_after: Random,
        callback: Random,
    ) -> None:
        share, place = kind.random(), 0
        while self._shares[place] < share:
            place += 1
        caller.skills, caller.priority = self._kinds[place]
        caller.talk_s = self._talk(talk)
        caller.patience_s = self._patience(patience)
        caller.delay_s = self._delay(delay)
        caller.missed = missed.random() < self._missed
        if self._retry_after is not None:
            again, after_s = retry.random() < self._retry_share, self._retry_after(retry_after)
            caller.retry_after_s = after_s if again else inf
        if self._callback is not None and callback.random() < self._callback.share:
            caller.callback_after_s = self._callback.after


def moments(per_half_hour: list[float], length_s: float, dice: Random) -> Iterator[float]:
    """Poisson arrivals whose rate is constant within each half hour; a single number holds for
    all of them. Seconds since the beginning.

    Steps of a unit process are stretched by the rate, so a higher rate moves every caller
    forward and reshuffles nobody.
    """
    start_s, number = 0.0, 0
    step = -log(1.0 - dice.random())
    while start_s < length_s:
        calls = per_half_hour[number if len(per_half_hour) > 1 else 0]
        end_s = min(start_s + HALF_HOUR_S, length_s)
        at_s, rate = start_s, calls / HALF_HOUR_S
        while rate and at_s + step / rate < end_s:
            at_s += step / rate
            yield at_s
            step = -log(1.0 - dice.random())
        step -= (end_s - at_s) * rate
        start_s, number = end_s, number + 1


def _both(first: str, second: str) -> str:
    return f"({first}) and ({second})" if first and second else first or second
