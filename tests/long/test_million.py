"""A million random events through the real core, invariants watched all along.

A failure names the seed; the same seed leads to the same failure.
"""

import random
from collections.abc import Callable

import pytest

from ivr.acd.engine import Engine
from ivr.acd.errors import RoutingError
from ivr.acd.messages import (
    ConversationEnded,
    DayBegan,
    DeviceChanged,
    Enter,
    ExtendWrapUp,
    Hold,
    Input,
    KeepPlace,
    Leave,
    LogIn,
    LogOut,
    OfferAnswered,
    OfferEnded,
    OfferRinging,
    Pause,
    PlanPause,
    Ready,
    Release,
    Reprioritise,
    Resume,
    Tick,
)
from ivr.model.agents import OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from tests.long.centre import SKILLS, Books, make_site

SHARDS = 4
EVENTS = 1_000_000 // SHARDS
CHECK_EVERY = 250
FAILURES = [one for one in OfferOutcome if one is not OfferOutcome.ACCEPTED]
GOODBYES = [one for one in QueueOutcome if one is not QueueOutcome.ANSWERED]


class Chaos:
    """Whoever can do something does it at random: mostly what makes sense, sometimes what not."""

    def __init__(self, seed: int) -> None:
        self.dice = dice = random.Random(seed)
        self.site = make_site(dice)
        self.engine = Engine(self.site, seed=seed)
        self.books = Books(self.site)
        self.now = 1e9
        self.calls = self.events = self.refused = self.redials = 0
        self.agents = [AgentId(name) for name in self.site.agents]
        self.queues = [QueueId(name) for name in self.site.queues]
        self.skills = {name: queue.skills for name, queue in self.site.queues.items()}
        kinds: list[tuple[Callable[[], Input], int]] = [
            (self.enter, 22),
            (self.leave, 4),
            (self.rings, 14),
            (self.answers, 16),
            (self.fails, 5),
            (self.hangs_up, 9),
            (self.ready, 16),
            (lambda: LogIn(self.agent()), 4),
            (lambda: LogOut(self.agent()), 1),
            (lambda: Pause(self.agent(), dice.choice(["tea", "lunch"])), 1),
            (self.device, 3),
            (self.plan, 1),
            (lambda: ExtendWrapUp(self.agent(), dice.choice([0, 5, 60])), 1),
            (self.reprioritise, 1),
            (self.keep, 1),
            (self.resume, 1),
            (self.seldom, 1),
        ]
        self.kinds = [kind for kind, weight in kinds for _ in range(weight)]

    def run(self, events: int) -> None:
        for agent in self.agents:
            self.feed(LogIn(agent))
        dice, engine, kinds = self.dice, self.engine, self.kinds
        due_check = CHECK_EVERY
        while self.events < events:
            self.now += dice.random() * 0.5
            deadline = engine.next_deadline()
            if deadline is not None and deadline <= self.now:
                self.feed(Tick())
            self.feed(dice.choice(kinds)())
            if self.events >= due_check:
                due_check += CHECK_EVERY
                self.check()

    def feed(self, message: Input) -> None:
        self.events += 1
        if isinstance(message, Enter):
            self.books.enter(message.call, message.lead_s)
        try:
            said = self.engine.handle(message, self.now)
        except RoutingError:
            self.refused += 1
            return
        if isinstance(message, ConversationEnded):
            del self.books.talks[message.call]
        elif isinstance(message, Resume):
            self.books.at_hand[message.agent].clear()
            self.books.take_up(message.call, message.agent, message.queue)
        for command in said:
            self.books.book(command, self.now)

    def check(self) -> None:
        """Core and books agree; nobody able is free while somebody waits; no lease is overdue."""
        engine, books = self.engine, self.books
        calls = engine.calls()
        assert {call.call for call in calls} == set(books.waiting)
        assert {str(call): str(agent) for call, agent in engine.talks().items()} == books.talks
        for view in engine.agents():
            assert view.state is books.state[view.agent]
            assert view.offer == books.holds.get(view.agent)
        assert all(until > self.now - 0.5 for _, until in books.offers.values())
        assert books.entered - books.left == len(books.waiting)
        missed = [
            (agent, call.call)
            for agent in (view.agent for view in engine.agents() if view.room)
            for call in calls
            if not engine.why_not(agent, call.call)
        ]
        assert not missed, f"free, able, and not rung: {missed}"

    # --- what people and phones do

    def agent(self) -> AgentId:
        return self.dice.choice(self.agents)

    def enter(self) -> Enter:
        dice, now = self.dice, self.now
        self.calls += 1
        queue = dice.choice(self.queues)
        skills = self.skills[queue]
        if dice.random() < 0.1:
            more = f"{dice.choice(SKILLS)} >= {dice.randint(1, 6)}"
            skills = f"({skills}) and {more}" if skills else more
        caller = str(dice.randint(1, 15))
        kept = self.engine.kept_place(queue, caller, now)
        self.redials += kept is not None
        callback = queue in ("operator", "german") and dice.random() < 0.3
        return Enter(
            CallId(f"c{self.calls}"),
            queue,
            skills,
            dice.choice((0, 0, 1, 3)),
            now - dice.choice((0.0, 0.0, 30.0)) if kept is None else kept,
            now + dice.choice((20.0, 120.0, 600.0)),
            caller=caller,
            joined_at=now if kept is not None else None,
            leave_if_empty=dice.random() < 0.1,
            wanted=self.agent() if dice.random() < 0.1 else None,
            wanted_until=now + 20,
            chosen=dice.random() < 0.5,
            callback=callback,
            has_place=kept is not None,
            not_before=now + 10 if callback else 0.0,
            lead_s=15.0 if callback else 0.0,
        )

    def leave(self) -> Input:
        call = self.any_of(self.books.waiting)
        return Leave(CallId(call), self.dice.choice(GOODBYES)) if call else Tick()

    def offer(self) -> OfferId:
        """A live one mostly; sometimes one that is over, or was never made."""
        live = self.any_of(self.books.offers) if self.dice.random() < 0.9 else None
        return OfferId(live or f"o{self.dice.randint(0, 2000)}")

    def rings(self) -> Input:
        return OfferRinging(self.offer())

    def answers(self) -> Input:
        return OfferAnswered(self.offer())

    def fails(self) -> Input:
        return OfferEnded(self.offer(), self.dice.choice(FAILURES))

    def hangs_up(self) -> Input:
        call = self.any_of(self.books.talks)
        return ConversationEnded(CallId(call), self.dice.random() < 0.9) if call else Tick()

    def ready(self) -> Input:
        return Ready(self.agent())

    def device(self) -> Input:
        reachable = self.dice.random() < 0.8
        return DeviceChanged(self.agent(), reachable, self.dice.random() < 0.2)

    def plan(self) -> Input:
        start = self.now + self.dice.choice((0, 5, 50))
        return PlanPause(self.agent(), "lunch", start, start + self.dice.choice((1, 60)))

    def reprioritise(self) -> Input:
        call = self.any_of(self.books.waiting)
        return Reprioritise(CallId(call), self.dice.randint(-2, 5)) if call else Tick()

    def keep(self) -> Input:
        caller = str(self.dice.randint(1, 15))
        return KeepPlace(self.dice.choice(self.queues), caller, self.now - 40, self.now + 60)

    def resume(self) -> Input:
        self.calls += 1
        return Resume(CallId(f"c{self.calls}"), self.agent(), self.dice.choice(self.queues))

    def seldom(self) -> Input:
        return self.dice.choice((DayBegan(), Hold(self.now + 3), Release(), Tick()))

    def any_of(self, known: dict[str, object]) -> str | None:
        """One of the oldest: whoever came first mostly acts first."""
        if not known:
            return None
        skip = self.dice.randrange(min(len(known), 8))
        return next(one for place, one in enumerate(known) if place == skip)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(SHARDS))
def test_a_million_events_break_no_promise(seed: int) -> None:
    chaos = Chaos(20261124 + seed)
    chaos.run(EVENTS)
    assert chaos.events >= EVENTS
    assert chaos.books.left > EVENTS // 20, "hardly anybody was served: no history worth the name"
    assert chaos.books.beside > EVENTS // 500, "hardly anybody was shared"
    assert chaos.redials > EVENTS // 500, "hardly anybody called again"
