"""The watch: each check fires on a disagreement that lasts, and is silent while all is well."""

import random
from dataclasses import replace

import pytest

from ivr.acd.engine import Engine
from ivr.acd.errors import RoutingError
from ivr.acd.messages import (
    AgentMoved,
    Connect,
    ConversationEnded,
    Enter,
    Leave,
    Left,
    LogIn,
    LogOut,
    OfferAnswered,
    OfferEnded,
    OfferRinging,
    Pause,
    Ready,
    Ring,
    StopRinging,
    Tick,
)
from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.invariants import INVARIANTS
from ivr.service.channels import Channels
from ivr.service.conversations import Conversation
from ivr.service.legs import ChannelGone, ChannelStarted, LegRinging, LiveChannel, Snapshot
from ivr.service.offer_legs import OfferLeg
from ivr.service.watch import CHECKS, LEASE_MARGIN_S, Books, Sight, Watch, look_around
from ivr.testing.clock import VirtualClock
from tests.unit.acd.centre import site
from tests.unit.counting import calls_in
from tests.unit.service import fakes
from tests.unit.service.fakes import Events, House

SITE = site({"ann": {"billing": 5}, "bob": {"billing": 3}, "cem": {"tech": 7}, "dee": {}})
TALK = Conversation("c1", "support", "ann", "leg-1", "ch-1", 1000.0)


class World:
    """The real core, and books, legs and talks as honest hands would keep them."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.engine = Engine(SITE)
        self.books = Books()
        self.offers: dict[str, OfferLeg] = {}
        self.talks: dict[str, Conversation] = {}
        for agent in SITE.agents:
            self.feed(LogIn(agent))

    def feed(self, message: object) -> None:
        if isinstance(message, Enter):
            self.books.record(
                events.QueueEntered(
                    at=self.now,
                    call=message.call,
                    queue=message.queue,
                    skills="",
                    priority=0,
                    entered_at=self.now,
                )
            )
        if isinstance(message, ConversationEnded):
            self.talks.pop(message.call, None)
        for command in self.engine.handle(message, self.now):
            self.carry_out(command)

    def carry_out(self, command: object) -> None:
        match command:
            case Ring():
                self.offers[command.offer] = OfferLeg(
                    command.offer,
                    command.call,
                    command.agent,
                    command.queue,
                    f"leg-{command.offer}",
                    self.now,
                )
            case StopRinging():
                del self.offers[command.offer]
            case Connect():
                leg = self.offers.pop(command.offer)
                self.talks[command.call] = Conversation(
                    leg.call, leg.queue, leg.agent, leg.leg, f"ch-{leg.call}", self.now
                )
            case Left():
                self.books.record(
                    events.QueueLeft(
                        at=self.now,
                        call=command.call,
                        queue=command.queue,
                        outcome=command.outcome,
                        wait_s=command.wait_s,
                    )
                )
            case AgentMoved():
                self.books.record(
                    events.AgentChanged(
                        at=self.now,
                        agent=command.agent,
                        before=command.before,
                        after=command.after,
                        reason=command.reason,
                        seconds=command.seconds,
                    )
                )

    def sight(self) -> Sight:
        talks = list(self.talks.values())
        legs = {one.leg for one in talks} | {one.leg for one in self.offers.values()}
        agents = self.engine.agents()
        free = [one.agent for one in agents if one.state is AgentState.AVAILABLE]
        return Sight(
            now=self.now,
            held=self.engine.held,
            agents=agents,
            calls=self.engine.calls(),
            idle=lambda call: [a for a in free if not self.engine.why_not(a, call.call)],
            offers=list(self.offers.values()),
            leases=self.engine.leases(),
            conversations=talks,
            legs=frozenset(legs),
            owned=frozenset(),
            channels=frozenset(legs | {one.channel for one in talks}),
            books=self.books,
            callbacks={},
        )


def calm() -> Sight:
    """Ann talks to c1, everybody else is free, nobody waits."""
    world = World()
    world.feed(Enter("c1", "support", "billing >= 5", 0, 1000.0, 2000.0))
    world.feed(OfferAnswered(next(iter(world.offers))))
    return world.sight()


def waiting(sight: Sight) -> Sight:
    """The same with a call in line that the books know of, and that somebody idle could take."""
    engine = Engine(SITE)
    engine.handle(Enter("c2", "support", "", 0, 1000.0, 2000.0), 1000.0)
    sight.books.inside["c2"] = "support"
    return replace(sight, now=1003.0, calls=engine.calls(), idle=lambda _call: ["dee"])


def books(sight: Sight, **changes: object) -> Sight:
    return replace(sight, books=replace(sight.books, **changes))


def overdue(sight: Sight) -> Sight:
    offer = OfferLeg("o9", "c9", "bob", "support", "leg-o9", 900.0)
    return replace(sight, offers=[offer])


FABRICATED = {
    "idle_while_waiting": waiting,
    "offer_without_leg": overdue,
    "leg_without_offer": lambda sight: replace(sight, legs=sight.legs | {"leg-stray"}),
    "talk_without_channel": lambda sight: replace(sight, channels=sight.legs),
    "on_call_without_talk": lambda sight: replace(sight, conversations=[], legs=frozenset()),
    "calls_conserved": lambda sight: books(sight, inside={"ghost": "support"}),
    "agent_time": lambda sight: books(sight, seconds={**sight.books.seconds, "bob": 7.0}),
    "callbacks_pending": lambda sight: replace(sight, callbacks={"c9": "support"}),
}


def watch(sights: list[Sight]) -> Events:
    """What a watch tells that saw these one after the other."""
    recorded = Events()
    looking = iter(sights)
    watch = Watch(lambda: next(looking), recorded, VirtualClock(1000.0))
    for _ in sights:
        watch.look()
    return recorded


def test_every_invariant_has_a_check_and_a_disagreement_to_prove_it() -> None:
    assert CHECKS.keys() == INVARIANTS.keys() == FABRICATED.keys()


@pytest.mark.parametrize("name", INVARIANTS)
def test_a_disagreement_that_lasts_is_told_once(name: str) -> None:
    wrong = FABRICATED[name](calm())
    told = watch([wrong, wrong, wrong])
    assert [event.invariant for event in told] == [name]
    assert told[0].detail


@pytest.mark.parametrize("name", INVARIANTS)
def test_what_was_on_its_way_is_no_violation(name: str) -> None:
    assert watch([FABRICATED[name](calm()), calm(), FABRICATED[name](calm()), calm()]) == []


def test_a_violation_that_comes_back_is_told_again() -> None:
    wrong = overdue(calm())
    assert len(watch([wrong, wrong, calm(), wrong, wrong])) == 2


@pytest.mark.parametrize(
    ("terms", "lead_s", "lease_s"),
    [
        ({}, 0.0, 17.0),
        ({"whisper": True}, 0.0, 62.0),
        ({}, 80.0, 97.0),
        ({"ring_timeout_s": 40.0, "accept_key": "1"}, 80.0, 167.0),
    ],
    ids=["plain", "briefed", "call-back", "after a reload"],
)
async def test_an_offer_is_late_when_its_own_lease_is_over(
    house: House, terms: dict[str, object], lead_s: float, lease_s: float
) -> None:
    watch = Watch(
        look_around(
            house.engine,
            house.clock,
            house.dispatcher,
            house.desk.conversations,
            Channels(),
            Books(),
            dict,
        ),
        house.events,
        house.clock,
    )
    sales = fakes.SITE.queues["sales"].model_copy(update=terms)
    changed = fakes.SITE.model_copy(update={"queues": {**fakes.SITE.queues, "sales": sales}})
    house.dispatcher.reconfigure(changed, changed)
    house.log_in("bob")
    house.dispatcher.enter(
        "c1",
        "sales",
        "",
        0,
        entered_at=house.clock.now(),
        wait_s_max=1000,
        caller="",
        leave_if_empty=False,
        resumed=False,
        lead_s=lead_s,
    )
    assert [offer.agent for offer in house.dispatcher.offers()] == ["bob"]

    def is_late() -> bool:
        watch.look()
        watch.look()
        return any("outlived its lease" in alarm for alarm in watch.alarms)

    house.clock.advance(lease_s + LEASE_MARGIN_S - 1)
    assert not is_late()
    house.clock.advance(2)
    assert is_late()


def test_nothing_is_said_of_channels_while_the_link_is_down() -> None:
    blind = replace(calm(), channels=None, legs=frozenset({"leg-stray"}))
    assert watch([blind, blind, blind]) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_long_history_of_the_real_core_violates_nothing(seed: int) -> None:
    rng = random.Random(seed)
    world = World()
    recorded = Events()
    watch = Watch(world.sight, recorded, VirtualClock(1000.0))
    for number in range(3000):
        world.now += rng.choice([0.0, 0.5, 3.0])
        agent = rng.choice(list(SITE.agents))
        offer = rng.choice([*world.offers, "none"])
        call = rng.choice([*[view.call for view in world.engine.calls()], "none"])
        talk = rng.choice([*world.talks, "none"])
        skills = rng.choice(["", "billing >= 4", "tech >= 1"])
        messages = [
            Enter(f"c{number}", "support", skills, 0, world.now, world.now + 90),
            LogIn(agent),
            rng.choice([LogOut(agent), Pause(agent, "tea")]),
            Ready(agent),
            OfferRinging(offer),
            OfferAnswered(offer),
            OfferEnded(offer, OfferOutcome.BUSY),
            Leave(call, QueueOutcome.ABANDONED),
            ConversationEnded(talk),
            Tick(),
        ]
        before = dict(world.books.inside)
        try:
            world.feed(rng.choice(messages))
        except RoutingError:
            world.books.inside = before
        watch.look()
    assert recorded == []


def test_channels_are_what_was_reported_and_the_snapshot() -> None:
    channels = Channels()
    channels.report(ChannelStarted("early", "1001"))
    channels.report(ChannelGone("listed"))
    assert not channels.known
    found = (LiveChannel("listed", "", True, False), LiveChannel("leg-1", "1001", True, True))
    channels.replace(Snapshot(found, frozenset()))
    channels.report(LegRinging("leg-2"))
    assert channels.known
    assert channels.live == {"early", "leg-1", "leg-2"}
    assert channels.legs == {"leg-1", "leg-2"}
    channels.forget()
    assert not channels.known


def watch_over(size: int) -> Watch:
    """Over as many paused agents and as many waiting calls, once looked already."""
    big = site(
        {f"a{n}": {"billing": 5} for n in range(size)},
        {"support": {"title": "S", "length_max": size}},
    )
    engine, written = Engine(big), Books()
    for number in range(size):
        engine.handle(LogIn(f"a{number}"), 0.0)
        engine.handle(Pause(f"a{number}", "tea"), 0.0)
        engine.handle(Enter(f"c{number}", "support", "", 0, 0.0, 1e6), 0.0)
        written.inside[f"c{number}"] = "support"
    calm = replace(World().sight(), now=100.0, idle=lambda _call: [])
    recorded = Events()

    def sight() -> Sight:
        return replace(calm, agents=engine.agents(), calls=engine.calls(), books=written)

    watch = Watch(sight, recorded, VirtualClock(0.0))
    watch.look()
    assert recorded == []
    return watch


def test_a_look_at_ten_times_as_many_costs_ten_times_as_much() -> None:
    few, many = watch_over(100), watch_over(1000)
    assert calls_in(many.look) < 12 * calls_in(few.look)
