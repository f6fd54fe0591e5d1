"""Who of the free agents gets a call: one strategy per file.

Invariant: a strategy only chooses; it changes nothing and returns somebody whenever somebody fits.
"""

from ivr.acd.strategies.base import Strategy
from ivr.acd.strategies.longest_idle import LongestIdle

STRATEGIES: dict[str, Strategy] = {"longest_idle": LongestIdle()}
"""Strategy by the name queues use."""

DEFAULT = "longest_idle"

__all__ = ["DEFAULT", "STRATEGIES", "Strategy"]
