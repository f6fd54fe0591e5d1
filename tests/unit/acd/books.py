"""What a history of messages and commands has to add up to, booked without asking the engine."""

from collections import Counter, defaultdict
from dataclasses import replace
from fractions import Fraction
from math import inf
from typing import Any

import pytest

from ivr.acd import messages as m
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
    Reconfigure,
    Reprioritised,
    Resume,
    Ring,
    StopRinging,
)
from ivr.acd.roster import STATES_WITHOUT_CALL
from ivr.acd.views import AgentView, CallView
from ivr.expression import parse_requirement
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId, CallId, QueueId
from ivr.model.site import Callback, Miss, Misses, QueueTerms, Relaxation
from tests.unit.acd.centre import site
from tests.unit.acd.naive import NaiveEngine
from tests.unit.acd.rulebook import RuleBook

MUST_SAY = {
    "dispositions": {"done": "Done"},
    "disposition_required": True,
    "disposition_s_max": 5,
}
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
            **MUST_SAY,
            "callback": {"active_max": 1},
            "relax": [{"after": 20, "add": "tech >= 1"}],
            "skip_unstaffed": False,
        },
        "web": {"title": "W", "channel": "chat", "ring_timeout_s": 5, "wrap_up_s": 6, **MUST_SAY},
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
        "eve": {"support": {"delay_s": 12}, "web": {"priority": 1}},
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


OTHER_SITE = SITE.model_copy(
    update={
        "queues": {
            **SITE.queues,
            "support": SITE.queues["support"].model_copy(
                update={
                    "prefer": ["tech >= 1"],
                    "strategy": "round_robin",
                    "redial_grace_s": 0,
                    "ring_several": 1,
                    "misses": Misses(no_answer=Miss(rest_s=3), consecutive_max=2),
                    "relax": [Relaxation(after=5, lower={"billing": 2}, priority=2)],
                }
            ),
            "sales": SITE.queues["sales"].model_copy(
                update={"callback": Callback(active_max=2), "wrap_up_s": 8}
            ),
        },
        "agents": {
            **SITE.agents,
            "cem": SITE.agents["cem"].model_copy(
                update={"skills": {"billing": 9, "french": 1}, "wrap_up": 4.0}
            ),
        },
    }
)
"""The same people and queues under other terms."""


class Books:
    """Feeds the engine and a naive one with the same messages, and keeps the books."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.site = SITE
        self.rules = RuleBook(SITE)
        self.engine = Engine(SITE)
        self.naive = NaiveEngine(SITE)
        self.number = self.restarts = 0
        self.queue_of: dict[str, QueueId] = {}
        """Of every call that was ever talked to."""
        self.heard: list[Input] = []
        """The latest messages, to be doubled and mixed up."""
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
        self.wrap_up: dict[str, float | None] = {}
        """When each agent's wrap-up ends by itself."""

    def feed(self, message: Input) -> None:
        before = snapshot(self.engine)
        said = outcome_of(self.engine, message, self.now)
        assert said == outcome_of(self.naive, message, self.now), "index and full scan differ"
        if isinstance(said, str):
            assert snapshot(self.engine) == before, f"refused, yet something has changed: {said}"
            return
        self.heard = [*self.heard[-20:], message]
        if isinstance(message, Reconfigure):
            self.site = message.site
        self.rules.tell(message, said, self.now)
        self.rules.check(self.engine, self.now)
        if isinstance(message, Enter):
            self.inside[message.call] = message
            self.entered[message.call] += 1
            self.called.pop(message.call, None)
        if isinstance(message, Enter | Resume) and message.callback:
            self.called[message.call] = message.queue
        if isinstance(message, Resume):
            self.at_hand[message.agent] = {}
            self.takes_up(message.agent, message.call, message.queue)
        elif isinstance(message, m.ExtendWrapUp) and self.wrap_up.get(message.agent):
            self.wrap_up[message.agent] += message.seconds
        elif isinstance(message, ConversationEnded):
            del self.talking[message.call]
        for command in said:
            self.book(command)
        self.nobody_was_overtaken(said)
        self.nobody_was_passed_by(said)

    def restart(self) -> None:
        """All that was in memory is gone; the shell tells what it found: people, phones, talks,
        callers in line (in any order) and kept places. Nobody has lost their place."""
        agents, talks, calls = self.engine.agents(), self.engine.talks(), self.engine.calls()
        entries = [self.come_back(view) for view in reversed(calls)]
        kept = [
            m.KeepPlace(QueueId(queue), who, *times)
            for (queue, who), times in self.rules.kept.items()
        ]
        self.offer_of_agent, self.talking, self.inside = {}, {}, {}
        self.at_hand.clear()
        self.logged_in.clear()
        self.restarts += 1
        prefix = f"r{self.restarts}-"
        self.engine = Engine(self.site, offer_prefix=prefix)
        self.naive = NaiveEngine(self.site, offer_prefix=prefix)
        self.rules = RuleBook(self.site)
        self.feed(m.Hold(self.now + 99))
        for view in agents:
            self.feed(m.DeviceChanged(view.agent, view.reachable, view.busy))
            if view.state is not AgentState.LOGGED_OUT:
                self.feed(m.LogIn(view.agent, view.idle_since))
            if view.state is AgentState.PAUSED:
                self.feed(m.Pause(view.agent, view.reason))
            if view.state is AgentState.WRAP_UP:
                until = self.wrap_up[view.agent]
                self.feed(m.ResumeWrapUp(view.agent, CallId(view.call or ""), until or inf))
        for call, agent in talks.items():
            if agent not in self.talking.values():
                was_called = call in self.called
                self.feed(Resume(call, agent, self.queue_of[call], callback=was_called))
        for message in [*kept, *entries]:
            self.feed(message)
        for view in agents:
            if view.state is AgentState.WRAP_UP:
                assert self.engine.agent(view.agent).state is AgentState.WRAP_UP
        self.feed(m.Release())
        assert {view.call for view in calls} == set(self.inside)

    def come_back(self, view: CallView) -> Enter:
        entry = self.inside[view.call]
        self.entered[view.call] -= 1
        return replace(entry, wanted=view.wanted, has_place=True)

    def book(self, command: Command) -> None:
        match command:
            case Ring():
                assert command.agent not in self.offer_of_agent, "an agent holds two offers"
                others = [r for r in self.offer_of_agent.values() if r.call == command.call]
                assert len(others) < self.site.queues[command.queue].ring_several
                assert command.call in self.inside
                self.offer_of_agent[command.agent] = command
                self.rung_at[command.offer] = self.now
            case StopRinging() | Connect():
                assert self.offer_of_agent.pop(command.agent).offer == command.offer
                if isinstance(command, Connect):
                    self.takes_up(command.agent, command.call, command.queue)
            case Reprioritised():
                entry = self.inside[command.call]
                self.inside[command.call] = replace(entry, priority=command.priority)
            case Finished():
                assert self.talking.get(command.call) != command.agent
                del self.at_hand[command.agent][command.call]
            case Left():
                self.exits[command.call] += 1
                assert self.exits[command.call] == self.entered[command.call]
                del self.inside[command.call]
            case AgentMoved():
                self.wrap_up[command.agent] = command.until
                if command.after in STATES_WITHOUT_CALL:
                    self.at_hand.pop(command.agent, None)
                self.account(command)

    def takes_up(self, agent: str, call: str, queue: str) -> None:
        """Nobody takes up more than they have room for."""
        self.at_hand[agent][call] = self.share(queue)
        self.queue_of[call] = QueueId(queue)
        assert sum(self.at_hand[agent].values()) <= 1
        self.talking[call] = agent

    def share(self, queue: str) -> Fraction:
        return SHARES[self.site.queues[queue].channel]

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

    def nobody_was_passed_by(self, said: list[Command]) -> None:
        """Whoever is rung could serve nobody who is ahead in their eyes: not even a call for
        which they have no room yet."""
        views = {call.call: call for call in self.engine.calls()}
        for ring in (command for command in said if isinstance(command, Ring)):
            view = views.get(ring.call)
            if view is not None and ring.agent in view.agents:
                own_key = self.own_key(ring.agent, view)
                assert all(
                    self.own_key(ring.agent, other) >= own_key
                    for other in views.values()
                    if self.stands_in_line(other) and self.could_serve(ring.agent, other)
                ), "somebody ahead was passed by"

    def stands_in_line(self, call: CallView) -> bool:
        return call.offer is None and call.not_before <= self.now and not self.is_capped(call)

    def own_key(self, agent: AgentId, call: CallView) -> tuple[float, int]:
        """Where the call stands in this agent's eyes; ties by entry."""
        terms = self.site.agents[agent].queues.get(call.queue, QueueTerms())
        return call.effective_start - 60.0 * terms.priority, list(self.inside).index(call.call)

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
        terms = self.site.queues[call.queue].callback or Callback()
        return len(active) + len(talks) >= terms.active_max

    def may_serve(self, agent: AgentId, call: CallView) -> bool:
        room = self.room(self.engine.agent(agent))
        if self.share(call.queue) > room or not self.could_serve(agent, call):
            return False
        return not any(
            self.share(other.queue) > room
            and self.stands_in_line(other)
            and self.could_serve(agent, other)
            and self.own_key(agent, other) < self.own_key(agent, call)
            for other in self.engine.calls()
        )

    def could_serve(self, agent: AgentId, call: CallView) -> bool:
        """With room enough."""
        if call.wanted is not None:
            return call.wanted == agent
        delay_s = self.site.agents[agent].queues.get(call.queue, QueueTerms()).delay_s
        due = delay_s == 0 or call.effective_start + delay_s <= self.now
        return due and parse_requirement(call.skills).holds(self.site.agents[agent].skills)

    def joined_at(self, call: str) -> float:
        entry = self.inside[call]
        return entry.entered_at if entry.joined_at is None else entry.joined_at
