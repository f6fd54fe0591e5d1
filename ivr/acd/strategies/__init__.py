"""Who of the free agents gets a call: one strategy per file.

Invariant: to choose changes nothing, and gives somebody whenever somebody fits.
"""

from collections.abc import Callable, Iterable

from ivr.acd.dice import Dice
from ivr.acd.strategies.base import Strategy
from ivr.acd.strategies.best_skilled import BestSkilled
from ivr.acd.strategies.least_occupied import LeastOccupied
from ivr.acd.strategies.least_skilled import LeastSkilled
from ivr.acd.strategies.longest_idle import LongestIdle
from ivr.acd.strategies.round_robin import RoundRobin
from ivr.acd.strategies.weighted_random import WeightedRandom
from ivr.model.site import StrategyName

STRATEGIES: dict[StrategyName, Callable[[Dice], Strategy]] = {
    "longest_idle": lambda _dice: LongestIdle(),
    "best_skilled": lambda _dice: BestSkilled(),
    "least_skilled": lambda _dice: LeastSkilled(),
    "least_occupied": lambda _dice: LeastOccupied(),
    "round_robin": lambda _dice: RoundRobin(),
    "weighted_random": WeightedRandom,
}
"""Strategy by the name queues use; the dice are for those that leave something to chance."""


def make_strategies(names: Iterable[StrategyName], seed: int) -> dict[StrategyName, Strategy]:
    """Those a site uses, in the order of STRATEGIES: the same site and seed, the same decisions."""
    used, dice = set(names), Dice(seed)
    return {name: make(dice) for name, make in STRATEGIES.items() if name in used}


__all__ = ["STRATEGIES", "Strategy", "make_strategies"]
