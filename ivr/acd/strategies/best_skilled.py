"""The agent who is best at what the call asks for; of several, the longest idle."""

from ivr.acd.strategies.longest_idle import LongestIdle
from ivr.acd.strategies.skilled import Skilled


class BestSkilled(Skilled):
    """The highest score."""

    name = "best_skilled"
    best = "best"
    ranking = LongestIdle()
    sign = 1
