"""What a history of messages and commands has to add up to, booked without asking the engine."""

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

import pytest
from hypothesis.stateful import RuleBasedStateMachine

from ivr.acd.engine import Engine
from ivr.acd.errors import RoutingError
from ivr.acd.messages import (
    AgentMoved,
    Command,
    Connect,
    ConversationEnded,
    Enter,
    Finished,
    Input,
    Left,
    Resume,
    Ring,
    StopRinging,
)
from ivr.acd.roster import STATES_WITHOUT_CALL
from ivr.acd.views import AgentView, CallView
from ivr.expression import parse_requirement
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId
from ivr.model.site import Callback, QueueTerms
from tests.unit.acd.centre import site
from tests.unit.acd.naive import NaiveEngine

SITE = site(
    {
        "ann": {"billing": 5, "french": 4},
        "bob": {"billing": 5, "french": 4},
        "cem": {"tech": 7},
        "dee": {"billing": 2, "tech": 3},
        "eve": {},
    },
    {
        "support": {
            "title": "S",
            "ring_timeout_s": 15,
            "wrap_up_s": 10,
            "length_max": 4,
            "ring_several": 2,
            "redial_grace_s": 30,
            "prefer": ["french >= 3", "billing >= 5"],
            "relax": [
                {"after": 10, "lower": {"billing": 1}},
                {"after": 30, "drop": ["tech"], "priority": 1},
                {"after": 60, "add": "french >= 1"},
            ],
        },
        "sales": {
            "title": "T",
            "ring_timeout_s": 20,
            "wrap_up_s": 0,
            "strategy": "best_skilled",
            "callback": {"active_max": 1},
            "relax": [{"after": 20, "add": "tech >= 1"}],
            "skip_unstaffed": False,
        },
        "web": {"title": "W", "channel": "chat", "ring_timeout_s": 5, "wrap_up_s": 6},
        "post": {
            "title": "P",
            "channel": "mail",
            "skills": "billing >= 1",
            "wrap_up_s": 0,
            "strategy": "least_skilled",
            "misses": {"no_answer": {"rest_s": 4}},
        },
    },
    {
        "bob": {"sales": {"priority": -1}},
        "dee": {"sales": {"priority": 2, "delay_s": 5}},
        "eve": {"support": {"delay_s": 12}},
    },
    channels={"chat": 3, "mail": 2},
)
SHARES = {"chat": Fraction(1, 3), "mail": Fraction(1, 2), "voice": Fraction(1)}


def outcome_of(engine: Engine, message: Input, now: float) -> list[Command] | str:
    try:
        return engine.handle(message, now)
    except RoutingError as error:
        return f"{type(error).__name__}: {error}"


def snapshot(engine: Engine) -> tuple[Any, ...]:
    return (
        engine.agents(),
        engine.calls(),
        engine.queues(),
        engine.talks(),
        engine.held,
        engine.next_deadline(),
    )


class Books(RuleBasedStateMachine):
    """Feeds the engine and a naive one with the same messages, and keeps the books."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.engine = Engine(SITE)
        self.naive = NaiveEngine(SITE)
        self.number = 0
        self.offer_of_agent: dict[str, Ring] = {}
        self.rung_at: dict[str, float] = {}
        self.inside: dict[str, Enter] = {}
        self.called: dict[str, str] = {}
        """Call-backs with their queues."""
        self.entered: Counter[str] = Counter()
        self.exits: Counter[str] = Counter()
        self.at_hand: defaultdict[str, dict[str, Fraction]] = defaultdict(dict)
        """By agent: the share of everything talked to or written up."""
        self.talking: dict[str, str] = {}
        """Call -> agent."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.logged_in: dict[str, float] = {}

    def feed(self, message: Input) -> None:
        before = snapshot(self.engine)
        said = outcome_of(self.engine, message, self.now)
        assert said == outcome_of(self.naive, message, self.now), "index and full scan differ"
        if isinstance(said, str):
            assert snapshot(self.engine) == before, f"refused, yet something has changed: {said}"
            return
        if isinstance(message, Enter):
            self.inside[message.call] = message
            self.entered[message.call] += 1
            self.called.pop(message.call, None)
        if isinstance(message, Enter | Resume) and message.callback:
            self.called[message.call] = message.queue
        if isinstance(message, Resume):
            self.at_hand[message.agent] = {}
            self.takes_up(message.agent, message.call, message.queue)
        elif isinstance(message, ConversationEnded):
            del self.talking[message.call]
        for command in said:
            self.book(command)
        self.nobody_was_overtaken(said)

    def book(self, command: Command) -> None:
        match command:
            case Ring():
                assert command.agent not in self.offer_of_agent, "an agent holds two offers"
                others = [r for r in self.offer_of_agent.values() if r.call == command.call]
                assert len(others) < SITE.queues[command.queue].ring_several
                assert command.call in self.inside
                self.offer_of_agent[command.agent] = command
                self.rung_at[command.offer] = self.now
            case StopRinging() | Connect():
                assert self.offer_of_agent.pop(command.agent).offer == command.offer
                if isinstance(command, Connect):
                    self.takes_up(command.agent, command.call, command.queue)
            case Finished():
                assert self.talking.get(command.call) != command.agent
                del self.at_hand[command.agent][command.call]
            case Left():
                self.exits[command.call] += 1
                assert self.exits[command.call] == self.entered[command.call]
                del self.inside[command.call]
            case AgentMoved():
                if command.after in STATES_WITHOUT_CALL:
                    self.at_hand.pop(command.agent, None)
                self.account(command)

    def takes_up(self, agent: str, call: str, queue: str) -> None:
        """Nobody takes up more than they have room for."""
        self.at_hand[agent][call] = self.share(queue)
        assert sum(self.at_hand[agent].values()) <= 1
        self.talking[call] = agent

    def share(self, queue: str) -> Fraction:
        return SHARES[SITE.queues[queue].channel]

    def room(self, view: AgentView) -> Fraction:
        """How much of this agent may be offered something."""
        at_a_loss = not view.reachable or view.busy or view.rest_until is not None
        if at_a_loss or view.agent in self.offer_of_agent or view.later:
            return Fraction(0)
        if view.state not in (AgentState.AVAILABLE, AgentState.ON_CALL):
            return Fraction(0)
        return 1 - sum(self.at_hand.get(view.agent, {}).values(), Fraction(0))

    def account(self, moved: AgentMoved) -> None:
        if moved.before is AgentState.LOGGED_OUT:
            self.logged_in[moved.agent] = self.now
            self.seconds[moved.agent] = 0.0
        else:
            self.seconds[moved.agent] += moved.seconds
        if moved.after is AgentState.LOGGED_OUT:
            since = self.logged_in.pop(moved.agent)
            assert self.seconds[moved.agent] == pytest.approx(self.now - since)

    def nobody_was_overtaken(self, said: list[Command]) -> None:
        waiting = [call for call in self.engine.calls() if call.offer is None]
        rung = {call.call: call for call in self.engine.calls()}
        for ring in (command for command in said if isinstance(command, Ring)):
            view = rung.get(ring.call)
            if view is not None and view.offer == ring.offer:
                assert all(
                    other.effective_start >= view.effective_start
                    for other in waiting
                    if self.is_like(other, view)
                ), "somebody with the same requirement was overtaken"

    def is_like(self, one: CallView, other: CallView) -> bool:
        """Whether the two are the same to every agent, but for their place."""
        same = one.skills == other.skills and one.queue == other.queue
        same = same and one.wanted == other.wanted and one.callback == other.callback
        return same and one.not_before <= self.now

    def is_capped(self, call: CallView) -> bool:
        """Counts the call-backs that ring or talk."""
        if not call.callback:
            return False
        callbacks = [one for one in self.engine.calls() if one.callback and one.offer]
        active = [one.call for one in callbacks if one.queue == call.queue]
        talks = [one for one in self.engine.talks() if self.called.get(one) == call.queue]
        terms = SITE.queues[call.queue].callback or Callback()
        return len(active) + len(talks) >= terms.active_max

    def may_serve(self, agent: AgentId, call: CallView) -> bool:
        if call.wanted is not None:
            return call.wanted == agent and self.share(call.queue) <= self.room(
                self.engine.agent(agent)
            )
        delay_s = SITE.agents[agent].queues.get(call.queue, QueueTerms()).delay_s
        due = delay_s == 0 or call.effective_start + delay_s <= self.now
        view = self.engine.agent(agent)
        due = due and self.share(call.queue) <= self.room(view)
        return due and parse_requirement(call.skills).holds(SITE.agents[agent].skills)

    def joined_at(self, call: str) -> float:
        entry = self.inside[call]
        return entry.entered_at if entry.joined_at is None else entry.joined_at
