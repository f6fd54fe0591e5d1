"""What a failed offer does to the agent. The caller always keeps the place in line."""

from dataclasses import dataclass

from ivr.model.agents import RONA, OfferOutcome


@dataclass(frozen=True)
class Consequence:
    """Nothing, a pause until the agent says Ready, or a rest that ends by itself."""

    pause: str = ""
    """Pause reason; empty: no pause."""
    rest_s: float = 0.0
    """How long an agent who stays `available` is offered nothing."""
    spare: bool = True
    """Whether this call rings others first from now on."""


CONSEQUENCES: dict[OfferOutcome, Consequence] = {
    OfferOutcome.NO_ANSWER: Consequence(pause=RONA),
    OfferOutcome.REJECTED: Consequence(pause="rejected"),
    OfferOutcome.BUSY: Consequence(rest_s=10.0),
    OfferOutcome.FAILED: Consequence(rest_s=30.0),
    OfferOutcome.CANCELLED: Consequence(spare=False),
}
"""Somebody who does not answer or declines has to say Ready; a phone that is busy (a private call
the device state did not tell) or cannot be reached is tried again by itself; a caller who left
costs the agent nothing, not even the place among the idle."""

LEASE_GRACE_S = 2.0
"""A lease outlives the ring time by this much: the answer is still under way to us."""

PRIORITY_WEIGHT_S = 60.0
"""Seconds of waiting that one point of priority is worth."""
