"""The invariants of routing, over random histories with late, doubled and senseless messages."""

import copy
import random

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ivr.acd.consequences import LEASE_GRACE_S
from ivr.acd.engine import Engine
from ivr.acd.messages import (
    ConversationEnded,
    DeviceChanged,
    Dispose,
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
    Ready,
    Reconfigure,
    Release,
    Reprioritise,
    Resume,
    Tick,
)
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from tests.unit.acd.books import OTHER_SITE, SITE, Books, outcome_of, snapshot

SKILLS = ["", "billing >= 3", "french >= 1 or tech >= 7", "tech >= 3 and billing >= 1", "tech < 1"]

agents = st.sampled_from([AgentId(name) for name in [*SITE.agents, "nobody"]])
queues = st.sampled_from([QueueId(name) for name in ("support", "sales", "web", "web", "post")])
offers = st.integers(0, 30).map(lambda number: OfferId(f"o{number}"))
calls = st.integers(0, 12).map(lambda number: CallId(f"c{number}"))
failures = st.sampled_from([o for o in OfferOutcome if o is not OfferOutcome.ACCEPTED])
goodbyes = st.sampled_from([o for o in QueueOutcome if o is not QueueOutcome.ANSWERED])
steps = st.sampled_from([0.0, 0.0, 0.5, 1.0, 5.0, 12.0])


class Histories(Books, RuleBasedStateMachine):
    """What callers, agents and phones may do, in any order; and what always holds."""

    @initialize(some=st.sets(st.sampled_from(sorted(SITE.agents)), min_size=1))
    def some_log_in(self, some: set[str]) -> None:
        for agent in sorted(some):
            self.feed(LogIn(AgentId(agent)))

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
        skills=st.sampled_from([*SKILLS, "", "tech >="]),
        priority=st.integers(-1, 2),
        ago=st.sampled_from([0.0, 0.0, 0.0, 30.0, 60.0]),
        wait_s_max=st.sampled_from([20.0, 100.0, 1000.0]),
    )
    def a_call_enters(
        self, queue: QueueId, skills: str, priority: int, ago: float, wait_s_max: float
    ) -> None:
        call = CallId(f"c{self.number}")
        self.number += 1
        at = self.now - ago
        self.feed(Enter(call, queue, skills, priority, at, at + wait_s_max))

    @rule(queue=queues, has_place=st.lists(st.booleans(), min_size=4, max_size=6))
    def a_crowd_enters(self, queue: QueueId, has_place: list[bool]) -> None:
        for one in has_place:
            call = CallId(f"c{self.number}")
            self.number += 1
            self.feed(Enter(call, queue, "", 0, self.now, self.now + 100.0, has_place=one))

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
        chosen=st.booleans(),
        callback=st.booleans(),
        has_place=st.booleans(),
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
        chosen: bool,
        callback: bool,
        has_place: bool,
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
                self.now - joined_ago if kept is None else kept,
                self.now + 200.0,
                caller,
                joined_at=self.now - joined_ago,
                wanted=wanted,
                wanted_until=self.now + wanted_s,
                chosen=chosen,
                callback=callback,
                has_place=has_place,
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

    @precondition(lambda self: self.engine.talks())
    @rule(data=st.data(), wrap_up=st.booleans())
    def somebody_hangs_up(self, data: st.DataObject, wrap_up: bool) -> None:
        call = data.draw(st.sampled_from(sorted(self.engine.talks())))
        self.feed(ConversationEnded(call, wrap_up))

    @precondition(lambda self: self.inside)
    @rule(data=st.data(), priority=st.integers(-1, 3))
    def a_waiting_call_changes(self, data: st.DataObject, priority: int) -> None:
        call = CallId(data.draw(st.sampled_from(sorted(self.inside))))
        said: list[Input] = [Reprioritise(call, priority), Leave(call, QueueOutcome.ABANDONED)]
        self.feed(data.draw(st.sampled_from(said)))

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

    @rule(other=st.booleans())
    def another_site_is_in_force(self, other: bool) -> None:
        self.feed(Reconfigure(OTHER_SITE if other else SITE))

    @precondition(lambda self: not self.restarts)
    @rule()
    def the_server_restarts(self) -> None:
        self.restart()

    @rule(agent=agents, seconds=st.sampled_from([0.0, 7.0]))
    def an_agent_needs_longer(self, agent: AgentId, seconds: float) -> None:
        self.feed(ExtendWrapUp(agent, seconds))

    @rule(agent=agents, call=calls)
    def somebody_says_what_became_of_some_call(self, agent: AgentId, call: CallId) -> None:
        self.feed(Dispose(agent, call))

    @precondition(lambda self: self.rules.owed | set(self.talking.items()))
    @rule(data=st.data())
    def somebody_says_what_became_of_the_call(self, data: st.DataObject) -> None:
        talks = {(agent, call) for call, agent in self.talking.items()}
        agent, call = data.draw(st.sampled_from(sorted(self.rules.owed | talks)))
        self.feed(Dispose(AgentId(agent), CallId(call)))

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def a_message_comes_twice_or_late(self, data: st.DataObject) -> None:
        self.feed(data.draw(st.sampled_from(self.heard)))

    @rule()
    def offers_are_released(self) -> None:
        self.feed(Release())

    # --- what always holds

    @invariant()
    def nobody_waits_while_somebody_who_may_serve_is_free(self) -> None:
        if self.engine.held:
            return
        free = [view for view in self.engine.agents() if view.room]
        for call in self.engine.calls():
            if self.stands_in_line(call):
                assert not [a for a in free if self.may_serve(a.agent, call)]

    @invariant()
    def room_is_what_is_not_at_hand_of_somebody_who_may_be_offered_something(self) -> None:
        for view in self.engine.agents():
            room = self.room(view)
            assert view.room == pytest.approx(float(room))
            assert (room == 1) == (view.idle_since is not None)

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
            skips = self.site.queues[call.queue].skip_unstaffed
            assert not skips or staffed[0] or not any(staffed)
            due = [
                stage for stage in stages if self.joined_at(call.call) + stage.after_s <= self.now
            ]
            assert call.step >= len(due) - 1

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
    def whoever_talks_talks_to_as_many_as_there_is_room_for(self) -> None:
        assert self.engine.talks() == self.talking
        for view in self.engine.agents():
            assert set(view.at_hand) == set(self.at_hand.get(view.agent, ()))
            assert sum(self.at_hand.get(view.agent, {}).values()) <= 1
            talks = [call for call, agent in self.talking.items() if agent == view.agent]
            if view.state is AgentState.ON_CALL:
                assert talks or view.offer
            else:
                assert not talks
            assert not talks or view.call in talks

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
    max_examples=80,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestHistories = pytest.mark.timeout(180)(Histories.TestCase)


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
