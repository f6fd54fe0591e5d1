"""Offers: leases on an agent's phone, and how each of them ends."""

from ivr.acd import messages as m
from ivr.acd.agents import AgentRecord
from ivr.acd.callback_cap import CallbackCap
from ivr.acd.calls import CallRecord
from ivr.acd.consequences import LEASE_GRACE_S, MISSED, consequence
from ivr.acd.deadlines import OF_A_CALL, Due
from ivr.acd.errors import BadMessageError, UnknownOfferError
from ivr.acd.roster import Roster
from ivr.acd.state import Offer
from ivr.acd.table import Special, Trigger, step
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from ivr.model.site import Site

DIGITS_MAX = 18
"""Of an offer's number; whatever has more was never one."""


class Offering(Roster):
    """Makes offers and ends them; a call that leaves takes its offer with it."""

    def __init__(self, site: Site, offer_prefix: str, seed: int) -> None:
        super().__init__(site, seed)
        self._offer_prefix = offer_prefix
        self._offers_made = 0
        self._callbacks = CallbackCap(self._queues)

    def _offer_to(self, call: CallRecord, agent: AgentRecord, why: str, now: float) -> None:
        """Rings the agent for this call, which stands in no line (any more)."""
        self._offers_made += 1
        ident = OfferId(f"{self._offer_prefix}{self._offers_made}")
        queue = self._queues[call.queue]
        self._strategies[queue.strategy].chosen(agent)
        deadline = now + queue.ring_timeout_s + call.lead_s + LEASE_GRACE_S
        self._offers[ident] = Offer(ident, call, agent, self._shares[call.queue], deadline)
        self._deadlines.set(Due.LEASE, ident, deadline)
        call.offers[ident] = None
        agent.offer = ident
        if not agent.work:
            agent.call, agent.queue = call.ident, call.queue
        if call.callback:
            self._callback_begins(call.ident, call.queue)
        self._advance(agent, Trigger.RESERVE, "offer", now)
        about = (ident, call.ident, agent.ident, call.queue, queue.ring_timeout_s, why, call.step)
        self._out.append(m.Ring(*about))

    def _offer(self, ident: OfferId) -> Offer | None:
        """The live offer; None when it is over: its result and our decision met on the way."""
        offer = self._offers.get(ident)
        if offer is None:
            number = ident.removeprefix(self._offer_prefix)
            made = ident.startswith(self._offer_prefix) and number.isdecimal()
            made = made and len(number) <= DIGITS_MAX
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
        self._talks[call.ident] = agent
        self._close(offer)
        self._take_up(agent, call.ident, call.queue, offer.share, now)
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
        rang = offer.agent.state is not AgentState.RESERVED
        self._end_offer(offer, OfferOutcome.NO_ANSWER if rang else OfferOutcome.FAILED, now)

    def _end_offer(self, offer: Offer, outcome: OfferOutcome, now: float) -> None:
        agent = offer.agent
        agent.missed += outcome in MISSED
        follows = consequence(self._queues[offer.call.queue].misses, outcome, agent.missed)
        self._take_back(offer, outcome)
        if follows.pause:
            if step(agent.ident, agent.state, Trigger.PENALISE) is Special.LATER:
                agent.later = (Trigger.PAUSE, follows.pause)
            self._advance(agent, Trigger.PENALISE, follows.pause, now)
            return
        if follows.rest_s:
            agent.rest_until = now + follows.rest_s
            self._deadlines.set(Due.REST, agent.ident, agent.rest_until)
        to = step(agent.ident, agent.state, Trigger.RELEASE)
        if isinstance(to, AgentState):
            self._move(agent, to, outcome.value, now, keep_place=True)
        else:
            self._file(agent, now, keep_place=True)

    def _take_back(self, offer: Offer, outcome: OfferOutcome) -> None:
        """The call is back in its place once nobody else rings, or gone; the agent's next state is
        the caller's affair."""
        call, agent = offer.call, offer.agent
        self._close(offer)
        self._out.append(m.StopRinging(offer.ident, call.ident, agent.ident, call.queue, outcome))
        if call.ident in self._calls:
            if outcome is not OfferOutcome.CANCELLED:
                call.spared.add(agent.ident)
            if not call.offers:
                self._calls.line_up(call)
                self._returned.append(call)

    def _close(self, offer: Offer) -> None:
        del self._offers[offer.ident]
        self._deadlines.clear(Due.LEASE, offer.ident)
        offer.agent.offer = None
        del offer.call.offers[offer.ident]
        if not offer.call.offers and offer.call.ident not in self._talks:
            self._callback_over(offer.call.ident)

    def _callback_begins(self, call: CallId, queue: QueueId) -> None:
        self._callbacks.begin(call, queue)
        if self._callbacks.is_full(queue):
            self._calls.shut(queue)

    def _callback_over(self, call: CallId) -> None:
        """Neither rings nor talks any more: there may be room for another."""
        queue = self._callbacks.end(call)
        if queue is not None and not self._callbacks.is_full(queue):
            self._returned.extend(self._calls.open(queue))

    def _leave(
        self, call: CallRecord, outcome: QueueOutcome, now: float, agent: AgentId | None = None
    ) -> None:
        self._calls.remove(call)
        for due in OF_A_CALL:
            self._deadlines.clear(due, call.ident)
        self.handling.left(call.ident, now, answered=outcome is QueueOutcome.ANSWERED)
        for offer in list(call.offers):
            self._end_offer(self._offers[offer], OfferOutcome.CANCELLED, now)
        wait_s = max(0.0, now - call.entered_at)
        self._out.append(m.Left(call.ident, call.queue, outcome, wait_s, agent, call.callback))
