"""By chance, in proportion to weights."""

from math import log

from ivr.acd.agents import AgentRecord
from ivr.acd.ask import Asked
from ivr.acd.dice import Dice
from ivr.acd.strategies.base import Ranked


class WeightedRandom(Ranked):
    """A race: on becoming free each agent draws a finishing time from the exponential distribution
    with their weight as rate; the lowest wins.

    The first of several exponential times is each one's with a chance in proportion to its rate,
    and the others' rest of the way is as if drawn afresh. So whoever starts now starts from the
    last winner's time, and every choice among agents who serve the same calls is an exact draw by
    weight. Where they serve different calls, whoever was passed over for long is drawn earlier.
    """

    name = "weighted_random"
    best = "drawn by chance,"

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._started = 0.0

    def value(self, agent: AgentRecord) -> float:
        return self._started - log(self._dice.uniform()) / agent.weight

    def chosen(self, agent: AgentRecord) -> None:
        if agent.filed:
            self._started = max(self._started, agent.places[self.name][1])

    def compared(self, agent: AgentRecord, _requirement: Asked, _now: float) -> str:
        return f"weight {agent.weight:g}"
