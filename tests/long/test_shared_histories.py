"""Random histories of calls, chats and mails that come faster than three agents can serve them."""

import random

import pytest

from ivr.acd.messages import (
    ConversationEnded,
    Enter,
    Input,
    Leave,
    LogIn,
    OfferAnswered,
    OfferEnded,
    Pause,
    Ready,
    Reconfigure,
    Reprioritise,
    Tick,
)
from ivr.model.agents import OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, QueueId
from tests.unit.acd.books import OTHER_SITE, SITE, Books

STAFF = [AgentId(name) for name in ("ann", "dee", "eve")]
QUEUES = ("web", "web", "web", "post", "sales", "sales", "support")
SKILLS = ("", "", "billing >= 1", "tech >= 2")
EVENTS = 200


class Rush:
    """Mostly what makes sense: whoever rings is answered, whoever talks hangs up some time."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.books = Books()
        self.kept = 0
        """Times somebody had room and was kept for a call that needs more of them."""

    def go(self) -> None:
        for agent in STAFF:
            self.books.feed(LogIn(agent))
        for _ in range(EVENTS):
            self.books.now += self.dice.choice((0.0, 1.0, 3.0))
            self.books.feed(Tick())
            self.books.feed(self.anything())
            self.look()

    def look(self) -> None:
        """As the invariants of `Histories` do, and counts what this is about."""
        books = self.books
        for view in books.engine.agents():
            for call in books.engine.calls():
                if view.room and books.stands_in_line(call):
                    assert not books.may_serve(view.agent, call)
                    self.kept += "is kept for" in books.engine.why_not(view.agent, call.call)

    def anything(self) -> Input:
        books, dice = self.books, self.dice
        rings = list(books.offer_of_agent.values())
        talks, waiting = sorted(books.talking), sorted(books.inside)
        said: list[Input] = [self.enter()] * 4 + [self.seldom()] * 2
        if rings:
            ring = dice.choice(rings)
            said += [OfferAnswered(ring.offer)] * 20
            said += [OfferEnded(ring.offer, OfferOutcome.BUSY)]
        if talks:
            said += [ConversationEnded(CallId(dice.choice(talks)), dice.random() < 0.3)] * 2
        if waiting:
            call = CallId(dice.choice(waiting))
            said += [Leave(call, QueueOutcome.ABANDONED), Reprioritise(call, dice.randint(-1, 2))]
        return dice.choice(said)

    def enter(self) -> Enter:
        dice, now = self.dice, self.books.now
        self.books.number += 1
        queue = QueueId(dice.choice(QUEUES))
        return Enter(
            CallId(f"c{self.books.number}"),
            queue,
            dice.choice(SKILLS),
            0,
            now - dice.choice((0.0, 0.0, 20.0)),
            now + dice.choice((60.0, 600.0)),
            wanted=dice.choice([None, None, None, *STAFF]),
            wanted_until=now + 20,
            chosen=dice.random() < 0.5,
            callback=queue == "sales" and dice.random() < 0.4,
        )

    def seldom(self) -> Input:
        """Everybody is back soon, whatever became of them."""
        agent = self.dice.choice(STAFF)
        site = self.dice.choice((SITE, OTHER_SITE))
        return self.dice.choice([Pause(agent, "tea"), Reconfigure(site), *[Ready(agent)] * 20])


@pytest.mark.parametrize("seed", range(5))
def test_nobody_ahead_is_passed_by_for_taking_more_of_an_agent(seed: int) -> None:
    rush = Rush(seed)
    rush.go()
    assert rush.kept > EVENTS // 10
