"""The watch: every few seconds core, telephony and journal are held against each other.

It looks only at what is in memory. A disagreement counts when two looks in a row show it: what is
on its way from one to the other is none.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from ivr.acd.engine import Engine
from ivr.acd.views import AgentView, CallView
from ivr.model import events
from ivr.model.agents import AgentState
from ivr.model.events import Event
from ivr.model.ids import OfferId
from ivr.ports import Clock, Recorder
from ivr.service.channels import Channels
from ivr.service.conversations import Conversation, Conversations
from ivr.service.dispatcher import Dispatcher
from ivr.service.offer_legs import OfferLeg

log = structlog.get_logger(__name__)

PERIOD_S = 5.0
IDLE_LIMIT_S = 2.0
"""How long somebody able may be idle beside a waiting call."""
LEASE_MARGIN_S = 10.0
"""Beyond the end of its lease, so long until an offer is overdue."""
TALLY_S = 0.05
"""Sums of states may be off by so much: each state is rounded in its event."""
IDLE_LOOKED_AT = 50
CALLS_LOOKED_AT = 50
"""Waiting calls, first in line first, that are asked who could serve them."""


@dataclass
class Books:
    """What the journal was told, counted: a recorder beside it."""

    inside: dict[str, str] = field(default_factory=dict)
    """Call -> queue of those that entered and have not left."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Agent -> seconds of all states since the log-in."""
    logged_in: dict[str, float] = field(default_factory=dict)

    def record(self, event: Event) -> None:
        match event:
            case events.QueueEntered():
                self.inside[event.call] = event.queue
            case events.QueueLeft():
                self.inside.pop(event.call, None)
            case events.AgentChanged():
                self._agent(event)

    def _agent(self, event: events.AgentChanged) -> None:
        if event.before is AgentState.LOGGED_OUT:
            self.logged_in[event.agent] = event.at
            self.seconds[event.agent] = 0.0
        elif event.agent in self.seconds:
            self.seconds[event.agent] += event.seconds
        if event.after is AgentState.LOGGED_OUT:
            self.logged_in.pop(event.agent, None)
            self.seconds.pop(event.agent, None)


@dataclass(frozen=True)
class Sight:
    """Everything one look sees, at one moment."""

    now: float
    held: bool
    agents: list[AgentView]
    calls: list[CallView]
    idle: Callable[[CallView], Iterable[str]]
    """Agents who could be rung by this call at once."""
    offers: list[OfferLeg]
    leases: Mapping[OfferId, float]
    """When each offer the core knows of ends by itself."""
    conversations: list[Conversation]
    legs: frozenset[str]
    """Of the channels, those that are ours."""
    owned: frozenset[str]
    """Legs rung on somebody's order: neither offers nor talks."""
    channels: frozenset[str] | None
    """None while the telephony side is out of reach: nothing is known."""
    books: Books
    callbacks: Mapping[str, str]
    """Call -> queue of the call-backs pending."""


Found = set[str]
"""What is wrong, in words that stay the same as long as it is."""


def idle_while_waiting(sight: Sight) -> Found:
    if sight.held:
        return set()
    return {
        f"{agent} is available while {call.call} waits in {call.queue}"
        for call in sight.calls[:CALLS_LOOKED_AT]
        if call.offer is None and sight.now - call.entered_at > IDLE_LIMIT_S
        for agent in sight.idle(call)
    }


def offer_without_leg(sight: Sight) -> Found:
    return {
        f"offer {offer.offer} to {offer.agent} outlived its lease"
        for offer in sight.offers
        if sight.now > sight.leases.get(offer.offer, offer.made_at) + LEASE_MARGIN_S
    }


def leg_without_offer(sight: Sight) -> Found:
    if sight.channels is None:
        return set()
    answered_for = {offer.leg for offer in sight.offers} | sight.owned
    answered_for |= {one.leg for one in sight.conversations}
    return {f"leg {leg} belongs to nobody" for leg in sight.legs - answered_for}


def talk_without_channel(sight: Sight) -> Found:
    if sight.channels is None:
        return set()
    return {
        f"{one.agent} talks to {one.call}, but {name} is gone"
        for one in sight.conversations
        for name in (one.leg, one.channel)
        if name not in sight.channels
    }


def on_call_without_talk(sight: Sight) -> Found:
    talking = {one.agent for one in sight.conversations}
    on_call = {view.agent for view in sight.agents if view.state is AgentState.ON_CALL}
    found = {f"{agent} talks, but is not on a call" for agent in talking - on_call}
    if not sight.owned:  # else: somebody is taken, and rung or consulted before they talk
        found |= {f"{agent} is on a call, but talks to nobody" for agent in on_call - talking}
    return found


def calls_conserved(sight: Sight) -> Found:
    written = sight.books.inside
    held = {call.call: call.queue for call in sight.calls if not call.callback}
    vanished = {f"{call} entered {written[call]} and vanished" for call in written.keys() - held}
    return vanished | {f"{call} waits in {held[call]} unwritten" for call in held.keys() - written}


def agent_time(sight: Sight) -> Found:
    found: Found = set()
    for view in sight.agents:
        logged_in = sight.books.logged_in.get(view.agent)
        if logged_in is None or view.since is None:
            continue
        off = sight.books.seconds[view.agent] - (view.since - logged_in)
        if abs(off) > TALLY_S:
            found.add(f"{view.agent}: the states' seconds are off")
    return found


def callbacks_pending(sight: Sight) -> Found:
    waiting = {call.call: call.queue for call in sight.calls if call.callback}
    owed = sight.callbacks
    return {
        f"call-back {call} of {owed[call]} is owed, but in no line"
        for call in owed.keys() - waiting
    } | {f"{call} waits in {waiting[call]} for nobody" for call in waiting.keys() - owed}


CHECKS: dict[str, Callable[[Sight], Found]] = {
    "idle_while_waiting": idle_while_waiting,
    "offer_without_leg": offer_without_leg,
    "leg_without_offer": leg_without_offer,
    "talk_without_channel": talk_without_channel,
    "on_call_without_talk": on_call_without_talk,
    "calls_conserved": calls_conserved,
    "agent_time": agent_time,
    "callbacks_pending": callbacks_pending,
}


class Watch:
    """Looks again and again; what persists is told once, as an event and a line in the log."""

    def __init__(self, sight: Callable[[], Sight], recorder: Recorder, clock: Clock) -> None:
        self._sight = sight
        self._recorder = recorder
        self._clock = clock
        self._suspected: dict[str, Found] = {}
        self._told: dict[str, Found] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_S)
            self.look()

    @property
    def alarms(self) -> list[str]:
        """What is wrong now, and was at the look before."""
        return sorted(detail for found in self._told.values() for detail in found)

    def look(self) -> None:
        sight = self._sight()
        for name, check in CHECKS.items():
            found = check(sight)
            lasting = found & self._suspected.get(name, set())
            for detail in sorted(lasting - self._told.get(name, set())):
                log.error("invariant violated", invariant=name, detail=detail)
                self._recorder.record(
                    events.InvariantViolated(at=self._clock.now(), invariant=name, detail=detail)
                )
            self._suspected[name], self._told[name] = found, lasting


def look_around(
    engine: Engine,
    clock: Clock,
    dispatcher: Dispatcher,
    conversations: Conversations,
    channels: Channels,
    books: Books,
    callbacks: Callable[[], Mapping[str, str]],
) -> Callable[[], Sight]:
    """The eyes of a watch."""

    def sight() -> Sight:
        agents = engine.agents()
        free = [one.agent for one in agents if one.state is AgentState.AVAILABLE][:IDLE_LOOKED_AT]
        return Sight(
            now=clock.now(),
            held=engine.held,
            agents=agents,
            calls=engine.calls(),
            idle=lambda call: [a for a in free if not engine.why_not(a, call.call)],
            offers=dispatcher.offers(),
            leases=engine.leases(),
            conversations=conversations.all(),
            legs=channels.legs,
            owned=dispatcher.outgoing.legs,
            channels=channels.live if channels.known else None,
            books=books,
            callbacks=callbacks(),
        )

    return sight
