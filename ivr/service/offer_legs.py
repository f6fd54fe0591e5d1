"""Offers under way, and the channels that carry them."""

from dataclasses import dataclass

from ivr.model.ids import AgentId, CallId, OfferId, QueueId


@dataclass(frozen=True)
class OfferLeg:
    """One offer and the channel that carries it."""

    offer: OfferId
    call: CallId
    agent: AgentId
    queue: QueueId
    leg: str
    made_at: float
    briefed: bool = False
    """Picking up is not yet accepting: the agent is told something, or asked, before."""


class OfferLegs:
    """Found by offer and by leg; `started` are the legs whose channel exists."""

    def __init__(self) -> None:
        self._by_offer: dict[OfferId, OfferLeg] = {}
        self._by_leg: dict[str, OfferLeg] = {}
        self.started: set[str] = set()

    def add(self, leg: OfferLeg) -> None:
        self._by_offer[leg.offer] = self._by_leg[leg.leg] = leg

    def remove(self, offer: OfferId) -> OfferLeg:
        leg = self._by_offer.pop(offer)
        del self._by_leg[leg.leg]
        self.started.discard(leg.leg)
        return leg

    def on(self, leg: str) -> OfferLeg | None:
        """What is offered on this leg, if anything still is."""
        return self._by_leg.get(leg)

    @property
    def legs(self) -> frozenset[str]:
        return frozenset(self._by_leg)

    @property
    def all(self) -> list[OfferLeg]:
        return list(self._by_offer.values())
