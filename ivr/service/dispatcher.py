"""Drives the routing core: feeds it what happens, carries out what it orders, keeps its one timer.

The only place that talks to the core. Everything the core decides becomes an event here, so the
journal and the metrics see each decision exactly once.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter

import structlog

from ivr.acd.engine import Engine
from ivr.acd.errors import RoutingError
from ivr.acd.estimate import Estimate
from ivr.acd.messages import (
    AgentMoved,
    Command,
    Connect,
    ConversationEnded,
    DeviceChanged,
    Enter,
    Hold,
    Input,
    Leave,
    Left,
    OfferAnswered,
    OfferEnded,
    OfferRinging,
    Reconfigure,
    Relaxed,
    Resume,
    Ring,
    StopRinging,
    Tick,
)
from ivr.model import events
from ivr.model.agents import OfferOutcome, QueueOutcome
from ivr.model.errors import TelephonyDownError, TelephonyError
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from ivr.model.site import Site
from ivr.ports import Briefing, Clock, Recorder, Spoken, Telephony
from ivr.service.devices import Devices
from ivr.service.handovers import Handover, ToConsulted
from ivr.service.legs import (
    ChannelGone,
    ChannelStarted,
    LegAnswered,
    LegEvent,
    LegFailed,
    LegGone,
    LegReady,
    LegRinging,
    LegStarted,
    OrderFailed,
    PhoneChanged,
    PhoneLeft,
)
from ivr.service.outgoing import Outgoing
from ivr.service.places import Match, NoMatch, Place, Proxy
from ivr.service.tasks import Tasks

log = structlog.get_logger(__name__)


BRIEFING_S = 45.0
"""So long an agent may listen to a briefing, and be asked for the accept key twice."""

RETRY_S = 1.0
"""How long nobody is rung after an order that could not be given."""


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


class Dispatcher:
    """The core's hands and ears. `new_leg` names channels: unique for as long as Asterisk runs."""

    def __init__(
        self,
        site: Site,
        engine: Engine,
        telephony: Telephony,
        recorder: Recorder,
        clock: Clock,
        new_leg: Callable[[], str],
        on_decision: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._site = site
        self.engine = engine
        self._telephony = telephony
        self._recorder = recorder
        self._clock = clock
        self._new_leg = new_leg
        self._on_decision = on_decision
        self.devices = Devices()
        self._tasks = Tasks("dispatcher")
        self.outgoing = Outgoing(telephony, new_leg)
        self._timer: asyncio.TimerHandle | None = None
        self._places: dict[str, Place] = {}
        self._by_offer: dict[OfferId, OfferLeg] = {}
        self._by_leg: dict[str, OfferLeg] = {}
        self._started: set[str] = set()
        """Legs under offer whose channel exists."""
        self._joined: dict[str, str] = {}
        """Call -> leg, from the agent's answer to the end of the talk."""
        self._agent_of = {agent.extension: AgentId(key) for key, agent in site.agents.items()}

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await self._tasks.close()

    @property
    def site(self) -> Site:
        """The one in force."""
        return self._site

    def reconfigure(self, site: Site, known: Site) -> None:
        """Another site is in force; `known` has also the queues that some calls are still in."""
        self._site = known
        self._agent_of = {agent.extension: AgentId(key) for key, agent in site.agents.items()}
        self.feed(Reconfigure(site))
        for extension in self._agent_of:
            self.refresh_device(extension)

    def agent_of(self, extension: str) -> AgentId | None:
        """Whose phone this is."""
        return self._agent_of.get(extension)

    # --- sessions

    def enter(
        self,
        call: str,
        queue: str,
        skills: str,
        priority: int,
        *,
        entered_at: float,
        wait_s_max: float,
        caller: str,
        leave_if_empty: bool,
        resumed: bool,
        joined_at: float | None = None,
        kept: str = "",
        wanted: str = "",
        wanted_until: float = 0.0,
        callback: bool = False,
        not_before: float = 0.0,
        lead_s: float = 0.0,
        proxy: Proxy | None = None,
    ) -> Place:
        """Put the call in line; the place tells when an agent was found, or that none will be.

        `wait_s_max` counts from `joined_at`, when the call came to this very queue (None: at
        `entered_at`). A call-back's turns in line are no entries: its caller entered once, and
        left by asking for it.
        """
        joined_at = entered_at if joined_at is None else joined_at
        place = Place(call, queue, entered_at, caller, proxy)
        self._places[call] = place
        if not callback:
            self._recorder.record(
                events.QueueEntered(
                    at=self._clock.now(),
                    call=call,
                    queue=queue,
                    skills=skills,
                    priority=priority,
                    entered_at=entered_at,
                    resumed=resumed,
                    kept=kept,
                )
            )
        self.feed(
            Enter(
                call=CallId(call),
                queue=QueueId(queue),
                skills=skills,
                priority=priority,
                entered_at=entered_at,
                expires_at=joined_at + wait_s_max,
                caller=caller,
                leave_if_empty=leave_if_empty,
                wanted=AgentId(wanted) if wanted else None,
                wanted_until=wanted_until,
                callback=callback,
                not_before=not_before,
                lead_s=lead_s + (BRIEFING_S if self._is_briefed(queue) else 0.0),
                joined_at=joined_at,
            )
        )
        return place

    def leave(self, place: Place, outcome: QueueOutcome) -> None:
        """The caller leaves the line; nothing happens when they were already out of it."""
        if self._places.get(place.call) is place:
            self.feed(Leave(CallId(place.call), outcome))

    def hand_over(self, place: Place, outcome: QueueOutcome) -> None:
        """As `leave`, but whoever waits on the place is told nothing: another goes on for them."""
        if self._places.get(place.call) is place:
            successor = Place(place.call, place.queue, place.entered_at, place.caller)
            self._places[place.call] = successor
            self.leave(successor, outcome)

    def position(self, call: str) -> int | None:
        """The caller's place in their queue, 1 being the next; None: not in line any more."""
        return self.engine.position(call) if self.engine.is_waiting(call) else None

    def estimate(self, call: str) -> Estimate | None:
        """How long this caller will probably wait; None: unsure, so nothing may be announced."""
        if not self.engine.is_waiting(call):
            return None
        return self.engine.estimate(call, self._clock.now())

    def conversation_over(self, call: str, *, wrap_up: bool) -> None:
        self._joined.pop(call, None)
        self.feed(ConversationEnded(CallId(call), wrap_up))

    def take(self, talk: str, agent: str, queue: str) -> bool:
        """The agent is taken from now on, though no offer led to it; False when not free."""
        try:
            self.feed(Resume(CallId(talk), AgentId(agent), QueueId(queue)))
        except RoutingError:
            return False
        return True

    def void(self, handover: Handover | None) -> None:
        """The caller does not come after all: let go whoever waits for them."""
        match handover:
            case Handover(target=ToConsulted(leg=leg, agent=agent, talk=talk)):
                if agent:
                    self.conversation_over(talk, wrap_up=False)
                self._tasks.start(self.drop_leg(leg), f"drop {leg}")

    async def drop_leg(self, leg: str) -> None:
        """Take down a leg that nobody talks on any more."""
        try:
            await self._telephony.hang_up(leg)
        except TelephonyError as error:
            # The dialplan ends a leg nobody joined by itself, so this only costs seconds.
            log.warning("leg not taken down", leg=leg, error=str(error))

    def take_out(self, channel: str) -> None:
        """Out of the talk a phone has put this channel in, to be joined with a caller at once."""
        self._tasks.start(self._take_out(channel), f"take out {channel}")

    async def _take_out(self, channel: str) -> None:
        try:
            await self._telephony.keep_waiting(channel)
        except TelephonyError as error:
            # Whoever it was has hung up, so what they were connected with ends by itself.
            log.warning("not taken out", channel=channel, error=str(error))

    # --- the telephony side

    def on_leg_event(self, event: LegEvent) -> None:
        """One report from the telephony side; a report about an unknown leg means nothing."""
        if self.outgoing.report(event):
            return
        match event:
            case LegRinging(leg=leg) if offer := self._by_leg.get(leg):
                self.feed(OfferRinging(offer.offer))
            case LegAnswered(leg=leg) if offer := self._by_leg.get(leg):
                if not offer.briefed:
                    self._picked_up(offer)
            case LegReady(leg=leg) if offer := self._by_leg.get(leg):
                self._picked_up(offer)
            case LegRinging(leg=leg) | LegAnswered(leg=leg) | LegReady(leg=leg) if (
                leg not in self._joined.values()
            ):
                # The offer was withdrawn before there was anything to hang up, or too late.
                self._tasks.start(self.drop_leg(leg), f"drop {leg}")
            case LegStarted(leg=leg) if leg in self._by_leg:
                self._started.add(leg)
            case OrderFailed(leg=leg) if leg not in self._started and (
                offer := self._by_leg.get(leg)
            ):
                self.feed(OfferEnded(offer.offer, OfferOutcome.FAILED))
            case PhoneLeft():
                self._phone_left(event.extension)
            case LegFailed(leg=leg, outcome=outcome) if offer := self._by_leg.get(leg):
                self.feed(OfferEnded(offer.offer, outcome))
            case LegGone(leg=leg) if offer := self._by_leg.get(leg):
                # Who picked up, was told what it is, and hung up, did not want the call.
                gone = OfferOutcome.REJECTED if offer.briefed else OfferOutcome.FAILED
                self.feed(OfferEnded(offer.offer, gone))
            case PhoneChanged() | ChannelStarted() | ChannelGone():
                extension = self.devices.apply(event)
                if extension is not None:
                    self.refresh_device(extension)

    def _picked_up(self, offer: OfferLeg) -> None:
        """The agent is ready; one for whom a customer has yet to be called waits for `accept`."""
        place = self._places.get(offer.call)
        if place is None or place.proxy is None or place.proxy.picked_up(offer.leg):
            self.feed(OfferAnswered(offer.offer))

    def accept(self, leg: str) -> None:
        """The customer for whom this agent waits is on the line now."""
        if offer := self._by_leg.get(leg):
            self.feed(OfferAnswered(offer.offer))

    def ring_now(self, leg: str) -> None:
        """The customer for whom this agent is reserved is on the line now."""
        if offer := self._by_leg.get(leg):
            timeout_s = self._site.queues[offer.queue].ring_timeout_s
            self._tasks.start(self._order_ring(offer, timeout_s), f"ring {leg}")

    def agent_on(self, leg: str) -> str:
        """Whom this leg under offer belongs to; empty when it is under offer no more."""
        offer = self._by_leg.get(leg)
        return offer.agent if offer else ""

    def _phone_left(self, extension: str) -> None:
        """What rings there rings nobody."""
        agent = self._agent_of.get(extension)
        for offer in [each for each in self._by_offer.values() if each.agent == agent]:
            self.feed(OfferEnded(offer.offer, OfferOutcome.FAILED))

    def refresh_device(self, extension: str) -> None:
        """Tell the core what the agent's phone can do now."""
        agent = self._agent_of.get(extension)
        if agent is not None:
            self.feed(DeviceChanged(agent, *self.devices.state(extension)))

    def offers(self) -> list[OfferLeg]:
        """Offers under way, for reconciliation."""
        return list(self._by_offer.values())

    def drop_strays(self, legs: Iterable[str]) -> None:
        """Of these legs, take down each that belongs to no offer and no talk."""
        known = self._by_leg.keys() | self._joined.values() | self.outgoing.legs
        for leg in legs:
            if leg not in known:
                self._tasks.start(self.drop_leg(leg), f"drop {leg}")

    async def drop_offers(self) -> None:
        """At the end of this server: no phone goes on ringing for an offer nobody remembers."""
        await asyncio.gather(*(self.drop_leg(leg) for leg in list(self._by_leg)))

    # --- the core

    def feed(self, message: Input) -> None:
        """Tell the core one thing and carry out what follows from it."""
        began = perf_counter()
        commands = self.engine.handle(message, self._clock.now())
        self._on_decision(perf_counter() - began)
        for command in commands:
            self._carry_out(command)
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self.engine.next_deadline()
        if deadline is not None:
            delay_s = max(0.0, deadline - self._clock.now())
            self._timer = asyncio.get_running_loop().call_later(delay_s, self.feed, Tick())

    def _carry_out(self, command: Command) -> None:
        match command:
            case Ring():
                self._ring(command)
            case Relaxed():
                self._relaxed(command)
            case StopRinging():
                self._stop_ringing(command)
            case Connect():
                self._connect(command)
            case Left():
                self._left(command)
            case AgentMoved():
                self._agent_moved(command)

    def _ring(self, command: Ring) -> None:
        now = self._clock.now()
        leg = OfferLeg(
            command.offer,
            command.call,
            command.agent,
            command.queue,
            self._new_leg(),
            now,
            self._is_briefed(command.queue),
        )
        self._by_offer[leg.offer] = self._by_leg[leg.leg] = leg
        self._recorder.record(
            events.OfferMade(
                at=now,
                call=leg.call,
                offer=leg.offer,
                queue=leg.queue,
                agent=leg.agent,
                channel=leg.leg,
                reason=command.reason,
                step=command.step,
            )
        )
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
                briefing=self._briefing(leg.queue, place),
            )
        except TelephonyDownError as error:
            log.warning("agent not rung", agent=leg.agent, call=leg.call, error=str(error))
            # Not the agent's fault: nobody is rung for a moment, then the same match stands.
            self.feed(Hold(self._clock.now() + RETRY_S))
            self.on_leg_event(LegFailed(leg.leg, OfferOutcome.CANCELLED))
        except TelephonyError as error:
            log.warning("agent not rung", agent=leg.agent, call=leg.call, error=str(error))
            self.on_leg_event(LegFailed(leg.leg, OfferOutcome.FAILED))

    def _is_briefed(self, queue: str) -> bool:
        return self._site.queues[queue].whisper or bool(self._site.queues[queue].accept_key)

    def _briefing(self, queue: str, place: Place) -> Briefing | None:
        """What the agent is told before being joined: which queue, how long the caller waited."""
        if not self._is_briefed(queue):
            return None
        policy, wording = self._site.queues[queue], self._site.wording
        waited_s = self._clock.now() - place.entered_at
        told = [policy.title, wording.told_wait(waited_s)] if policy.whisper else []
        asked = [wording.accept_by(policy.accept_key)] if policy.accept_key else []
        return Briefing(tuple(Spoken(text) for text in (*told, *asked)), policy.accept_key)

    def _forget_offer(self, offer: OfferId) -> OfferLeg:
        leg = self._by_offer.pop(offer)
        del self._by_leg[leg.leg]
        self._started.discard(leg.leg)
        return leg

    def _offer_ended(self, leg: OfferLeg, outcome: OfferOutcome) -> None:
        now = self._clock.now()
        self._recorder.record(
            events.OfferEnded(
                at=now,
                call=leg.call,
                offer=leg.offer,
                queue=leg.queue,
                agent=leg.agent,
                outcome=outcome,
                ring_s=now - leg.made_at,
            )
        )

    def _stop_ringing(self, command: StopRinging) -> None:
        leg = self._forget_offer(command.offer)
        self._offer_ended(leg, command.outcome)
        if (place := self._places.get(leg.call)) and place.proxy:
            place.proxy.withdrawn(leg.leg)
        self._tasks.start(self.drop_leg(leg.leg), f"drop {leg.leg}")

    def _connect(self, command: Connect) -> None:
        leg = self._forget_offer(command.offer)
        self._offer_ended(leg, OfferOutcome.ACCEPTED)
        self._joined[leg.call] = leg.leg
        self._places.pop(command.call).settle(Match(command.agent, leg.leg, command.queue))

    def _relaxed(self, command: Relaxed) -> None:
        self._recorder.record(
            events.QueueRelaxed(
                at=self._clock.now(),
                call=command.call,
                queue=command.queue,
                step=command.step,
                skills=command.skills,
            )
        )

    def _left(self, command: Left) -> None:
        if not command.callback:
            self._recorder.record(
                events.QueueLeft(
                    at=self._clock.now(),
                    call=command.call,
                    queue=command.queue,
                    outcome=command.outcome,
                    wait_s=command.wait_s,
                    agent=command.agent or "",
                )
            )
        if command.outcome is not QueueOutcome.ANSWERED:
            self._places.pop(command.call).settle(NoMatch(command.outcome))

    def _agent_moved(self, command: AgentMoved) -> None:
        self._recorder.record(
            events.AgentChanged(
                at=self._clock.now(),
                agent=command.agent,
                before=command.before,
                after=command.after,
                reason=command.reason,
                seconds=command.seconds,
                call=command.call or "",
            )
        )
