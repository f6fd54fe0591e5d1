"""The invariants of routing, over random histories with late, doubled and senseless messages."""

import copy
import random
from collections import Counter, defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ivr.acd.consequences import LEASE_GRACE_S
from ivr.acd.engine import Engine
from ivr.acd.errors import RoutingError
from ivr.acd.messages import (
    AgentMoved,
    Command,
    Connect,
    ConversationEnded,
    DeviceChanged,
    Enter,
    Hold,
    Input,
    KeepPlace,
    Leave,
    Left,
    LogIn,
    LogOut,
    OfferAnswered,
    OfferEnded,
    OfferRinging,
    Pause,
    Ready,
    Release,
    Reprioritise,
    Resume,
    Ring,
    StopRinging,
    Tick,
)
from ivr.acd.views import CallView
from ivr.expression import parse_requirement
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
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
    },
    {
        "bob": {"sales": {"priority": -1}},
        "dee": {"sales": {"priority": 2, "delay_s": 5}},
        "eve": {"support": {"delay_s": 12}},
    },
)
SKILLS = ["", "billing >= 3", "french >= 1 or tech >= 7", "tech >= 3 and billing >= 1", "tech < 1"]

agents = st.sampled_from([AgentId(name) for name in [*SITE.agents, "nobody"]])
queues = st.sampled_from([QueueId("support"), QueueId("sales")])
offers = st.integers(0, 30).map(lambda number: OfferId(f"o{number}"))
calls = st.integers(0, 12).map(lambda number: CallId(f"c{number}"))
failures = st.sampled_from([o for o in OfferOutcome if o is not OfferOutcome.ACCEPTED])
goodbyes = st.sampled_from([o for o in QueueOutcome if o is not QueueOutcome.ANSWERED])
steps = st.sampled_from([0.0, 0.0, 0.5, 1.0, 5.0, 12.0])


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


class Histories(RuleBasedStateMachine):
    """Drives the engine, a naive one and a twin with the same messages, and keeps the books."""

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
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.logged_in: dict[str, float] = {}

    @initialize()
    def everybody_logs_in(self) -> None:
        for agent in SITE.agents:
            self.feed(LogIn(AgentId(agent)))

    def feed(self, message: Input) -> None:
        before = snapshot(self.engine)
        said = outcome_of(self.engine, message, self.now)
        assert said == outcome_of(self.naive, message, self.now), "index and full scan differ"
        if isinstance(said, str):
            assert snapshot(self.engine) == before, "a refused message has changed something"
            return
        if isinstance(message, Enter):
            self.inside[message.call] = message
            self.entered[message.call] += 1
            self.called.pop(message.call, None)
        if isinstance(message, Enter | Resume) and message.callback:
            self.called[message.call] = message.queue
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
            case Left():
                self.exits[command.call] += 1
                assert self.exits[command.call] == self.entered[command.call]
                del self.inside[command.call]
            case AgentMoved():
                self.account(command)

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
            return call.wanted == agent
        delay_s = SITE.agents[agent].queues.get(call.queue, QueueTerms()).delay_s
        due = delay_s == 0 or call.effective_start + delay_s <= self.now
        return due and parse_requirement(call.skills).holds(SITE.agents[agent].skills)

    # --- what people and phones do

    @rule(step=steps)
    def time_passes(self, step: float) -> None:
        self.now += step
        self.feed(Tick())

    @precondition(lambda self: self.engine.next_deadline() is not None)
    @rule()
    def the_timer_fires(self) -> None:
        deadline = self.engine.next_deadline()
        assert deadline is not None
        self.now = max(self.now, deadline)
        self.feed(Tick())

    @rule(
        queue=queues,
        skills=st.sampled_from([*SKILLS, "tech >="]),
        priority=st.integers(-1, 2),
        ago=st.sampled_from([0.0, 0.0, 30.0, 60.0]),
        wait_s_max=st.sampled_from([20.0, 100.0, 1000.0]),
    )
    def a_call_enters(
        self, queue: QueueId, skills: str, priority: int, ago: float, wait_s_max: float
    ) -> None:
        call = CallId(f"c{self.number}")
        self.number += 1
        at = self.now - ago
        self.feed(Enter(call, queue, skills, priority, at, at + wait_s_max))

    @rule(call=calls, queue=queues)
    def a_call_enters_again(self, call: CallId, queue: QueueId) -> None:
        assume(int(call[1:]) < self.number)
        self.feed(Enter(call, queue, "", 0, self.now, self.now + 50))

    @rule(
        queue=queues,
        skills=st.sampled_from(SKILLS),
        joined_ago=st.sampled_from([0.0, 8.0, 40.0]),
        wanted=st.none() | agents,
        wanted_s=st.sampled_from([0.0, 5.0, 50.0]),
        callback=st.booleans(),
        later_s=st.sampled_from([-1.0, 0.0, 5.0]),
        caller=st.sampled_from(["", "100", "200"]),
    )
    def a_call_enters_with_wishes(
        self,
        queue: QueueId,
        skills: str,
        joined_ago: float,
        wanted: AgentId | None,
        wanted_s: float,
        callback: bool,
        later_s: float,
        caller: str,
    ) -> None:
        call = CallId(f"c{self.number}")
        self.number += 1
        kept = self.engine.kept_place(queue, caller, self.now)
        self.feed(
            Enter(
                call,
                queue,
                skills,
                0,
                self.now - 50.0 if kept is None else kept,
                self.now + 200.0,
                caller,
                joined_at=self.now - joined_ago,
                wanted=wanted,
                wanted_until=self.now + wanted_s,
                callback=callback,
                not_before=self.now + later_s,
                lead_s=3.0 if callback else 0.0,
            )
        )

    @rule(call=calls, priority=st.integers(-1, 3))
    def a_call_gets_another_priority(self, call: CallId, priority: int) -> None:
        self.feed(Reprioritise(call, priority))

    @rule(queue=queues, ago=st.sampled_from([0.0, 100.0]))
    def a_place_is_kept(self, queue: QueueId, ago: float) -> None:
        self.feed(KeepPlace(queue, "100", self.now - ago, self.now + 20.0))

    @rule(call=calls, outcome=goodbyes)
    def a_call_leaves(self, call: CallId, outcome: QueueOutcome) -> None:
        self.feed(Leave(call, outcome))

    @rule(agent=agents, data=st.data())
    def an_agent_presses_something(self, agent: AgentId, data: st.DataObject) -> None:
        made = data.draw(st.sampled_from([LogIn(agent), LogOut(agent), Ready(agent), Ready(agent)]))
        self.feed(made)

    @rule(agent=agents, reason=st.sampled_from(["tea", "training"]))
    def an_agent_pauses(self, agent: AgentId, reason: str) -> None:
        self.feed(Pause(agent, reason))

    @rule(agent=agents, reachable=st.booleans(), busy=st.booleans())
    def a_phone_changes(self, agent: AgentId, reachable: bool, busy: bool) -> None:
        self.feed(DeviceChanged(agent, reachable, busy))

    @rule(offer=offers, outcome=failures)
    def any_offer_ends(self, offer: OfferId, outcome: OfferOutcome) -> None:
        self.feed(OfferEnded(offer, outcome))

    @rule(offer=offers)
    def any_offer_rings_or_is_answered(self, offer: OfferId) -> None:
        self.feed(OfferRinging(offer))
        self.feed(OfferAnswered(offer))

    @precondition(lambda self: self.offer_of_agent)
    @rule(data=st.data())
    def a_live_offer_goes_on(self, data: st.DataObject) -> None:
        ring = data.draw(st.sampled_from(sorted(self.offer_of_agent.values(), key=str)))
        said = data.draw(
            st.sampled_from(
                [
                    OfferRinging(ring.offer),
                    OfferAnswered(ring.offer),
                    OfferEnded(ring.offer, OfferOutcome.NO_ANSWER),
                    OfferEnded(ring.offer, OfferOutcome.BUSY),
                ]
            )
        )
        self.feed(said)

    @rule(call=calls, wrap_up=st.booleans())
    def a_conversation_ends(self, call: CallId, wrap_up: bool) -> None:
        self.feed(ConversationEnded(call, wrap_up))

    @rule(call=st.integers(50, 52), agent=agents, queue=queues)
    def a_conversation_is_found(self, call: int, agent: AgentId, queue: QueueId) -> None:
        self.feed(Resume(CallId(f"c{call}"), agent, queue, callback=call == 52))
        self.feed(ConversationEnded(CallId("c51")))

    @rule(for_s=st.sampled_from([0.0, 3.0, 20.0]))
    def offers_are_held_back(self, for_s: float) -> None:
        self.feed(Hold(self.now + for_s))

    @rule()
    def offers_are_released(self) -> None:
        self.feed(Release())

    # --- what always holds

    @invariant()
    def nobody_waits_while_somebody_who_may_serve_is_free(self) -> None:
        if self.engine.held:
            return
        free = [view for view in self.engine.agents() if view.idle_since is not None]
        for call in self.engine.calls():
            if call.offer is None and call.not_before <= self.now and not self.is_capped(call):
                assert not [a for a in free if self.may_serve(a.agent, call)]

    @invariant()
    def free_means_available_with_a_phone_at_hand(self) -> None:
        for view in self.engine.agents():
            free = (
                view.state is AgentState.AVAILABLE
                and view.reachable
                and not view.busy
                and view.rest_until is None
            )
            assert free == (view.idle_since is not None)

    @invariant()
    def no_reservation_outlives_its_lease(self) -> None:
        for ring in self.offer_of_agent.values():
            lease_s = ring.ring_timeout_s + LEASE_GRACE_S
            lead_s = self.inside[ring.call].lead_s
            assert self.now < self.rung_at[ring.offer] + lease_s + lead_s

    @invariant()
    def nobody_waits_for_a_step_that_only_absent_people_satisfy(self) -> None:
        for call in self.engine.calls():
            stages = self.engine._calls[call.call].stages
            staffed = [self.naive._is_staffed(stage.requirement) for stage in stages[call.step :]]
            skips = SITE.queues[call.queue].skip_unstaffed
            assert not skips or staffed[0] or not any(staffed)
            due = [
                stage for stage in stages if self.joined_at(call.call) + stage.after_s <= self.now
            ]
            assert call.step >= len(due) - 1

    def joined_at(self, call: str) -> float:
        entry = self.inside[call]
        return entry.entered_at if entry.joined_at is None else entry.joined_at

    @invariant()
    def the_books_agree_with_the_engine(self) -> None:
        assert {view.call for view in self.engine.calls()} == set(self.inside)
        held = {view.agent: view.offer for view in self.engine.agents() if view.offer}
        assert held == {agent: ring.offer for agent, ring in self.offer_of_agent.items()}
        assert snapshot(self.engine) == snapshot(self.naive)

    @invariant()
    def nothing_that_is_due_is_left_undone(self) -> None:
        deadline = self.engine.next_deadline()
        assert deadline is None or deadline > self.now

    @invariant()
    def whoever_talks_talks_to_one(self) -> None:
        talks = self.engine.talks()
        assert len(set(talks.values())) == len(talks)
        on_call = {v.agent for v in self.engine.agents() if v.state is AgentState.ON_CALL}
        assert on_call == set(talks.values())

    def teardown(self) -> None:
        """Everybody who entered leaves exactly once, and the seconds add up."""
        for agent in SITE.agents:
            self.feed(LogOut(AgentId(agent)))
        for call in list(self.engine.talks()):
            self.feed(ConversationEnded(call))
        for call in list(self.inside):
            self.feed(Leave(CallId(call), QueueOutcome.ABANDONED))
        assert self.entered == self.exits
        assert not self.logged_in
        assert not self.offer_of_agent


Histories.TestCase.settings = settings(
    max_examples=200,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestHistories = Histories.TestCase


@pytest.mark.parametrize("seed", range(3))
def test_the_same_messages_lead_to_the_same_decisions_byte_for_byte(seed: int) -> None:
    dice = random.Random(seed)
    history: list[tuple[Input, float]] = [(LogIn(AgentId(agent)), 0.0) for agent in SITE.agents]
    for number in range(300):
        call = CallId(f"c{number}")
        now = number * 2.0
        skills = dice.choice(SKILLS)
        history.append((Enter(call, QueueId("sales"), skills, 0, now, now + 60), now))
        history.append((OfferAnswered(OfferId(f"o{dice.randint(1, number + 1)}")), now))
        history.append((ConversationEnded(CallId(f"c{dice.randint(0, number)}")), now + 1))
    first, second = Engine(SITE), Engine(copy.deepcopy(SITE))
    assert repr([outcome_of(first, *entry) for entry in history]) == repr(
        [outcome_of(second, *entry) for entry in history]
    )
