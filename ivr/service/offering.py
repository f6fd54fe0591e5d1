"""Offers become ringing phones: legs are ordered, watched, joined with their caller, taken down."""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from ivr.acd.engine import Engine
from ivr.acd.messages import (
    Connect,
    Hold,
    Input,
    OfferAnswered,
    OfferEnded,
    Ring,
    StopRinging,
)
from ivr.model.agents import OfferOutcome
from ivr.model.errors import TelephonyDownError, TelephonyError
from ivr.model.site import Site
from ivr.ports import Briefing, Clock, Recorder, Telephony
from ivr.service import decisions
from ivr.service.briefing import briefing
from ivr.service.entering import Entering
from ivr.service.offer_legs import OfferLeg, OfferLegs
from ivr.service.outgoing import Outgoing
from ivr.service.places import Match, Place
from ivr.service.tasks import Tasks

log = structlog.get_logger(__name__)

RETRY_S = 1.0
"""How long nobody is rung after an order that could not be given."""


class Offering(Entering):
    """Knows every leg under offer or joined. `new_leg` names channels."""

    def __init__(
        self,
        site: Site,
        engine: Engine,
        telephony: Telephony,
        recorder: Recorder,
        clock: Clock,
        new_leg: Callable[[], str],
        on_decision: Callable[[float], None],
        on_error: Callable[[str], None],
    ) -> None:
        super().__init__(site, engine, recorder, clock, on_decision, on_error)
        self._telephony = telephony
        self._new_leg = new_leg
        self._tasks = Tasks("dispatcher")
        self.outgoing = Outgoing(telephony, new_leg)
        self._offer_legs = OfferLegs()
        self._joined: dict[str, str] = {}
        """Call -> leg, from the agent's answer to the end of the talk."""
        self._hands |= {
            Ring: self._ring,
            StopRinging: self._stop_ringing,
            Connect: self._connect,
        }

    async def close(self) -> None:
        await super().close()
        await self._tasks.close()

    # --- what the core orders

    def _ring(self, command: Ring) -> None:
        leg = OfferLeg(
            command.offer,
            command.call,
            command.agent,
            command.queue,
            self._new_leg(),
            self._clock.now(),
            self._is_briefed(command.queue),
        )
        self._offer_legs.add(leg)
        self._recorder.record(decisions.offer_made(leg, command))
        place = self._places.get(leg.call)
        if place is None or place.proxy is None or place.proxy.offered(leg.leg):
            self._tasks.start(self._order_ring(leg, command.ring_timeout_s), f"ring {leg.leg}")

    async def _order_ring(self, leg: OfferLeg, timeout_s: float) -> None:
        place = self._places.get(leg.call)
        if place is None:
            return  # left the line in the same instant; the core has withdrawn the offer
        try:
            await self._telephony.ring(
                leg.leg,
                self._site.agents[leg.agent].extension,
                caller=place.caller,
                title=self._site.queues[leg.queue].title,
                timeout_s=timeout_s,
                briefing=self._briefing(leg.queue, leg.agent, place),
            )
        except TelephonyDownError as error:
            log.warning("agent not rung", agent=leg.agent, call=leg.call, error=str(error))
            # Not the agent's fault: nobody is rung for a moment, then the same match stands.
            self.feed(Hold(self._clock.now() + RETRY_S))
            self._end_offer(leg.leg, OfferOutcome.CANCELLED)
        except TelephonyError as error:
            log.warning("agent not rung", agent=leg.agent, call=leg.call, error=str(error))
            self._end_offer(leg.leg, OfferOutcome.FAILED)

    def _briefing(self, queue: str, agent: str, place: Place) -> Briefing | None:
        """What the agent is told before being joined: which queue, how long the caller waited."""
        return briefing(self._site, queue, self._clock.now() - place.entered_at, agent)

    def _end_offer(self, leg: str, outcome: OfferOutcome) -> None:
        """Nothing came of it; a leg under offer no more means nothing."""
        if offer := self._offer_legs.on(leg):
            self.feed(OfferEnded(offer.offer, outcome))

    def _offer_ended(self, leg: OfferLeg, outcome: OfferOutcome) -> None:
        self._recorder.record(decisions.offer_ended(leg, outcome, self._clock.now()))

    def _stop_ringing(self, command: StopRinging) -> None:
        leg = self._offer_legs.remove(command.offer)
        self._offer_ended(leg, command.outcome)
        if (place := self._places.get(leg.call)) and place.proxy:
            place.proxy.withdrawn(leg.leg)
        self._tasks.start(self.drop_leg(leg.leg), f"drop {leg.leg}")

    def _connect(self, command: Connect) -> None:
        leg = self._offer_legs.remove(command.offer)
        self._offer_ended(leg, OfferOutcome.ACCEPTED)
        self._joined[leg.call] = leg.leg
        self._places.pop(command.call).settle(Match(command.agent, leg.leg, command.queue))

    def _call_of(self, message: Input) -> str:
        call = getattr(message, "call", None)
        if call is None and (offer := getattr(message, "offer", None)):
            call = next((leg.call for leg in self.offers() if leg.offer == offer), None)
        return call or ""

    # --- legs under offer

    def offers(self) -> list[OfferLeg]:
        """Offers under way, for reconciliation."""
        return self._offer_legs.all

    def agent_on(self, leg: str) -> str:
        """Whom this leg under offer belongs to; empty when it is under offer no more."""
        offer = self._offer_legs.on(leg)
        return offer.agent if offer else ""

    def _picked_up(self, offer: OfferLeg) -> None:
        """The agent is ready; one for whom a customer has yet to be called waits for `accept`."""
        place = self._places.get(offer.call)
        if place is None or place.proxy is None or place.proxy.picked_up(offer.leg):
            self.feed(OfferAnswered(offer.offer))

    def accept(self, leg: str) -> None:
        """The customer for whom this agent waits is on the line now."""
        if offer := self._offer_legs.on(leg):
            self.feed(OfferAnswered(offer.offer))

    def ring_now(self, leg: str) -> None:
        """The customer for whom this agent is reserved is on the line now."""
        if offer := self._offer_legs.on(leg):
            timeout_s = self._site.queues[offer.queue].ring_timeout_s
            self._tasks.start(self._order_ring(offer, timeout_s), f"ring {leg}")

    # --- legs that nobody talks on

    async def drop_leg(self, leg: str) -> None:
        """Take down a leg that nobody talks on any more."""
        try:
            await self._telephony.hang_up(leg)
        except TelephonyError as error:
            # The dialplan ends a leg nobody joined by itself, so this only costs seconds.
            log.warning("leg not taken down", leg=leg, error=str(error))

    def drop_strays(self, legs: Iterable[str]) -> None:
        """Of these legs, take down each that belongs to no offer and no talk."""
        known = self._offer_legs.legs.union(self._joined.values(), self.outgoing.legs)
        for leg in legs:
            if leg not in known:
                self._tasks.start(self.drop_leg(leg), f"drop {leg}")

    async def drop_offers(self) -> None:
        """At the end of this server: no phone goes on ringing for an offer nobody remembers."""
        await asyncio.gather(*(self.drop_leg(leg) for leg in self._offer_legs.legs))

    def take_out(self, channel: str) -> None:
        """Out of the talk a phone has put this channel in, to be joined with a caller at once."""
        self._tasks.start(self._take_out(channel), f"take out {channel}")

    async def _take_out(self, channel: str) -> None:
        try:
            await self._telephony.keep_waiting(channel)
        except TelephonyError as error:
            # Whoever it was has hung up, so what they were connected with ends by itself.
            log.warning("not taken out", channel=channel, error=str(error))
