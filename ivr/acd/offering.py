"""Offers: leases on an agent's phone, and how each of them ends."""

from ivr.acd import messages as m
from ivr.acd.calls import CallRecord
from ivr.acd.consequences import MISSED, consequence
from ivr.acd.deadlines import Due
from ivr.acd.errors import BadMessageError, UnknownOfferError
from ivr.acd.roster import Roster
from ivr.acd.state import Offer
from ivr.acd.table import Trigger, step
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, OfferId
from ivr.model.site import Site


class Offering(Roster):
    """Makes offers and ends them; a call that leaves takes its offer with it."""

    def __init__(self, site: Site, offer_prefix: str, seed: int) -> None:
        super().__init__(site, seed)
        self._offer_prefix = offer_prefix
        self._offers_made = 0

    def _offer(self, ident: OfferId) -> Offer | None:
        """The live offer; None when it is over: its result and our decision met on the way."""
        offer = self._offers.get(ident)
        if offer is None:
            number = ident.removeprefix(self._offer_prefix)
            made = ident.startswith(self._offer_prefix) and number.isdecimal()
            if not made or not 1 <= int(number) <= self._offers_made:
                raise UnknownOfferError(f"offer {ident!r} was never made")
        return offer

    def _on_ringing(self, message: m.OfferRinging, now: float) -> None:
        offer = self._offer(message.offer)
        if offer is not None:
            self._advance(offer.agent, Trigger.RING, "ringing", now)

    def _on_answered(self, message: m.OfferAnswered, now: float) -> None:
        offer = self._offer(message.offer)
        if offer is None or now >= offer.deadline:
            return
        call, agent = offer.call, offer.agent
        self._close(offer)
        self._talks[call.ident] = agent
        self._out.append(m.Connect(offer.ident, call.ident, agent.ident, call.queue))
        self._advance(agent, Trigger.ANSWER, "answered", now)
        self._leave(call, QueueOutcome.ANSWERED, now, agent.ident)

    def _on_offer_ended(self, message: m.OfferEnded, now: float) -> None:
        offer = self._offer(message.offer)
        if message.outcome is OfferOutcome.ACCEPTED:
            raise BadMessageError(f"offer {message.offer!r}: acceptance is `OfferAnswered`")
        if offer is not None:
            self._end_offer(offer, message.outcome, now)

    def _end_lease(self, ident: str, now: float) -> None:
        """A phone that never rang is a technical failure, not somebody who does not answer."""
        offer = self._offers[ident]
        rang = offer.agent.state is AgentState.RINGING
        self._end_offer(offer, OfferOutcome.NO_ANSWER if rang else OfferOutcome.FAILED, now)

    def _end_offer(self, offer: Offer, outcome: OfferOutcome, now: float) -> None:
        agent = offer.agent
        agent.missed += outcome in MISSED
        follows = consequence(self._queues[offer.call.queue].misses, outcome, agent.missed)
        self._take_back(offer, outcome)
        if follows.pause:
            self._advance(agent, Trigger.PENALISE, follows.pause, now)
            return
        if follows.rest_s:
            agent.rest_until = now + follows.rest_s
            self._deadlines.set(Due.REST, agent.ident, agent.rest_until)
        to = step(agent.ident, agent.state, Trigger.RELEASE)
        if isinstance(to, AgentState):
            self._move(agent, to, outcome.value, now, keep_place=True)

    def _take_back(self, offer: Offer, outcome: OfferOutcome) -> None:
        """The call is back in its place, or gone; the agent's next state is the caller's affair."""
        call, agent = offer.call, offer.agent
        self._close(offer)
        self._out.append(m.StopRinging(offer.ident, call.ident, agent.ident, call.queue, outcome))
        if call.ident in self._calls:
            if outcome is not OfferOutcome.CANCELLED:
                call.spared.add(agent.ident)
            self._calls.line_up(call)
            self._returned.append(call)

    def _close(self, offer: Offer) -> None:
        del self._offers[offer.ident]
        self._deadlines.clear(Due.LEASE, offer.ident)
        offer.agent.offer = None
        offer.call.offer = None

    def _leave(
        self, call: CallRecord, outcome: QueueOutcome, now: float, agent: AgentId | None = None
    ) -> None:
        self._calls.remove(call)
        self._deadlines.clear(Due.WAIT, call.ident)
        self.handling.left(call.ident, now, answered=outcome is QueueOutcome.ANSWERED)
        if call.offer is not None:
            self._end_offer(self._offers[call.offer], OfferOutcome.CANCELLED, now)
        wait_s = max(0.0, now - call.entered_at)
        self._out.append(m.Left(call.ident, call.queue, outcome, wait_s, agent))
