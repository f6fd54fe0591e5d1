"""Between telephony and the routing core: reports go in, orders come out as phones that ring.

The only place that talks to the core: one class in four layers, one file each, this one the last.
`driving.py` keeps the core and its timer, `entering.py` the places in line, `offering.py` the legs
under offer; here are telephony's reports, agents and their phones. Everything the core decides
becomes an event (`decisions.py`), so the journal and the metrics see each decision exactly once.
"""

from collections.abc import Callable

import structlog

from ivr.acd.engine import Engine
from ivr.acd.errors import RoutingError
from ivr.acd.messages import (
    ConversationEnded,
    DeviceChanged,
    OfferRinging,
    Reconfigure,
    Resume,
)
from ivr.model.agents import OfferOutcome
from ivr.model.ids import AgentId, CallId, QueueId
from ivr.model.site import Site
from ivr.ports import Clock, Recorder, Telephony
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
from ivr.service.offering import Offering

log = structlog.get_logger(__name__)


class Dispatcher(Offering):
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
        on_error: Callable[[str], None] = lambda _where: None,
    ) -> None:
        super().__init__(site, engine, telephony, recorder, clock, new_leg, on_decision, on_error)
        self.devices = Devices()
        self._agent_of = {agent.extension: AgentId(key) for key, agent in site.agents.items()}

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

    # --- conversations

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

    # --- what telephony reports

    def on_leg_event(self, event: LegEvent) -> None:
        """One report from the telephony side; a report about an unknown leg means nothing."""
        if self.outgoing.report(event):
            return
        try:
            self._report(event)
        except RoutingError:
            # Telephony cannot be told; what it says next is heard all the same.
            log.exception("the routing core refused a report", report=event)
            self._on_error("report")

    def _report(self, event: LegEvent) -> None:
        match event:
            case LegRinging(leg=leg) if offer := self._offer_legs.on(leg):
                self.feed(OfferRinging(offer.offer))
            case LegAnswered(leg=leg) if offer := self._offer_legs.on(leg):
                if not offer.briefed:
                    self._picked_up(offer)
            case LegReady(leg=leg) if offer := self._offer_legs.on(leg):
                self._picked_up(offer)
            case LegRinging(leg=leg) | LegAnswered(leg=leg) | LegReady(leg=leg) if (
                leg not in self._joined.values()
            ):
                # The offer was withdrawn before there was anything to hang up, or too late.
                self._tasks.start(self.drop_leg(leg), f"drop {leg}")
            case LegStarted(leg=leg) if self._offer_legs.on(leg):
                self._offer_legs.started.add(leg)
            case OrderFailed(leg=leg) if leg not in self._offer_legs.started:
                self._end_offer(leg, OfferOutcome.FAILED)
            case PhoneLeft():
                self._phone_left(event.extension)
            case LegFailed(leg=leg, outcome=outcome):
                self._end_offer(leg, outcome)
            case LegGone(leg=leg) if offer := self._offer_legs.on(leg):
                # Who picked up, was told what it is, and hung up, did not want the call.
                gone = OfferOutcome.REJECTED if offer.briefed else OfferOutcome.FAILED
                self._end_offer(leg, gone)
            case PhoneChanged() | ChannelStarted() | ChannelGone():
                extension = self.devices.apply(event)
                if extension is not None:
                    self.refresh_device(extension)

    def _phone_left(self, extension: str) -> None:
        """What rings there rings nobody."""
        agent = self._agent_of.get(extension)
        for offer in [each for each in self.offers() if each.agent == agent]:
            self._end_offer(offer.leg, OfferOutcome.FAILED)

    def refresh_device(self, extension: str) -> None:
        """Tell the core what the agent's phone can do now."""
        agent = self._agent_of.get(extension)
        if agent is not None:
            self.feed(DeviceChanged(agent, *self.devices.state(extension)))
