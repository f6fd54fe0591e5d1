"""What a failed offer does to the agent. The caller always keeps the place in line."""

from dataclasses import dataclass

from ivr.model.agents import RONA, OfferOutcome
from ivr.model.site import Miss, Misses


@dataclass(frozen=True)
class Consequence:
    """Nothing, a pause until the agent says Ready, or a rest that ends by itself."""

    pause: str = ""
    """Pause reason; empty: no pause."""
    rest_s: float = 0.0
    """How long an agent who stays `available` is offered nothing."""
    spare: bool = True
    """Whether this call rings others first from now on."""


MISSED = frozenset({OfferOutcome.NO_ANSWER, OfferOutcome.REJECTED})
"""Outcomes that are the agent's own doing, and so count as missed in a row."""

LEASE_GRACE_S = 2.0
"""A lease outlives the ring time by this much: the answer is still under way to us."""

PRIORITY_LIMIT = 1_000_000
"""Points beyond which a priority is a mistake: about two years of waiting."""
PRIORITY_WEIGHT_S = 60.0
"""Seconds of waiting that one point of priority is worth."""


def consequence(misses: Misses, outcome: OfferOutcome, missed: int) -> Consequence:
    """What this end of an offer means at a queue with these rules, to an agent who has now missed
    so many in a row. A caller who left costs the agent nothing, not even the place among the idle.
    """
    kinds: dict[OfferOutcome, tuple[Miss, str]] = {
        OfferOutcome.NO_ANSWER: (misses.no_answer, RONA),
        OfferOutcome.REJECTED: (misses.rejected, "rejected"),
        OfferOutcome.BUSY: (misses.busy, "busy"),
        OfferOutcome.FAILED: (misses.unreachable, "unreachable"),
    }
    if outcome not in kinds:
        return Consequence(spare=False)
    miss, reason = kinds[outcome]
    if miss.pause:
        return Consequence(pause=reason)
    if outcome in MISSED and 0 < misses.consecutive_max <= missed:
        return Consequence(pause=RONA)
    return Consequence(rest_s=miss.rest_s)
