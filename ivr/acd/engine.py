"""The routing engine: one message in, commands out, and the next moment it wants to be woken."""

from collections.abc import Callable
from heapq import heappop, heappush
from math import isfinite, isnan
from typing import Any

from ivr.acd import messages as m
from ivr.acd.agents import AgentRecord
from ivr.acd.calls import CallRecord
from ivr.acd.consequences import CONSEQUENCES, LEASE_GRACE_S
from ivr.acd.deadlines import Deadlines, Due
from ivr.acd.errors import (
    BadMessageError,
    DuplicateCallError,
    UnknownCallError,
    UnknownOfferError,
    UnknownQueueError,
)
from ivr.acd.order import Key
from ivr.acd.state import Offer, State
from ivr.acd.strategies import DEFAULT, STRATEGIES
from ivr.acd.table import AFTER, Special, Trigger, step
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, OfferId
from ivr.model.site import Queue, Site

Turns = list[tuple[Key, int, CallRecord, AgentRecord | None]]
"""Heap of calls to match next, first in line first; a serial number; and the free agent on whose
behalf the call was looked up, unless it came by itself."""

STATES_WITHOUT_CALL = frozenset({AgentState.AVAILABLE, AgentState.PAUSED, AgentState.LOGGED_OUT})


class Engine(State):
    """Decides who talks to whom; single-threaded, never awaits.

    Every message is checked first and then carried out, so an error has changed nothing. After
    the message come the deadlines that are due, and then one match over whatever became free.
    """

    def __init__(self, site: Site, *, offer_prefix: str = "o") -> None:
        """Agents start logged out, reachable and not busy. The prefix begins every offer id:
        give each process its own, so that ids in a journal stay apart across restarts."""
        super().__init__(site)
        self._deadlines = Deadlines()
        self._strategy = STRATEGIES[DEFAULT]
        self._offer_prefix = offer_prefix
        self._offers_made = 0
        self._calls_entered = 0
        self._turns = 0
        self._now = float("-inf")
        self._out: list[m.Command] = []
        self._freed: list[AgentRecord] = []
        self._returned: list[CallRecord] = []
        self._handlers: dict[type, Callable[[Any, float], None]] = {
            m.LogIn: lambda x, now: self._wish(x.agent, Trigger.LOG_IN, "log_in", now),
            m.LogOut: lambda x, now: self._wish(x.agent, Trigger.LOG_OUT, "log_out", now),
            m.Pause: lambda x, now: self._wish(x.agent, Trigger.PAUSE, x.reason, now),
            m.Ready: lambda x, now: self._wish(x.agent, Trigger.READY, "ready", now),
            m.DeviceChanged: self._on_device,
            m.Enter: lambda x, _now: self._on_enter(x),
            m.Leave: self._on_leave,
            m.OfferRinging: self._on_ringing,
            m.OfferAnswered: self._on_answered,
            m.OfferEnded: self._on_offer_ended,
            m.ConversationEnded: self._on_conversation_ended,
            m.Resume: self._on_resume,
            m.Hold: lambda x, _now: self._on_hold(x),
            m.Release: lambda _x, _now: self._end_hold(),
            m.Tick: lambda _x, _now: None,
        }
        self._expiries: dict[Due, Callable[[str, float], None]] = {
            Due.LEASE: self._end_lease,
            Due.WRAP_UP: self._end_wrap_up,
            Due.REST: self._end_rest,
            Due.WAIT: self._end_wait,
            Due.HOLD: lambda _ident, _now: self._end_hold(),
        }

    # --- the two entrances

    def handle(self, message: m.Input, now: float) -> list[m.Command]:
        """What is to be done, in this order. A RoutingError has changed nothing.

        `now` in epoch seconds; a moment before the last one counts as the last one.
        """
        now = max(now, self._now)
        self._handlers[type(message)](message, now)
        self._now = now
        for due, ident in self._deadlines.pop_due(now):
            self._expiries[due](ident, now)
        self._match(now)
        out, self._out = self._out, []
        return out

    def next_deadline(self) -> float | None:
        """When to send a Tick at the latest; None: nothing is waited for."""
        return self._deadlines.next()

    # --- agents

    def _wish(self, ident: AgentId, trigger: Trigger, reason: str, now: float) -> None:
        """What an agent asked for: now, after the conversation, or it is so already."""
        agent = self._agents[ident]
        to = step(ident, agent.state, trigger)
        if to is Special.LATER:
            agent.later = (trigger, reason)
        elif to is Special.RECALL:
            agent.later = None
        elif isinstance(to, AgentState):
            if agent.offer is not None:
                self._take_back(self._offers[agent.offer], OfferOutcome.CANCELLED)
            self._move(agent, to, reason, now)
        elif trigger is Trigger.READY:
            self._end_rest(ident, now)

    def _on_device(self, message: m.DeviceChanged, now: float) -> None:
        """A phone that comes back is tried at once, whatever went wrong before."""
        agent = self._agents[message.agent]
        came_back = message.reachable and not agent.reachable
        agent.reachable, agent.busy = message.reachable, message.busy
        if came_back:
            self._end_rest(agent.ident, now)
        if not message.reachable and agent.offer is not None:
            self._end_offer(self._offers[agent.offer], OfferOutcome.FAILED, now)
        self._file(agent, now)

    def _advance(self, agent: AgentRecord, trigger: Trigger, reason: str, now: float) -> None:
        """A move that follows from what happened; the table decides where to."""
        to = step(agent.ident, agent.state, trigger)
        if isinstance(to, AgentState):
            self._move(agent, to, reason, now)

    def _move(
        self,
        agent: AgentRecord,
        state: AgentState,
        reason: str,
        now: float,
        *,
        keep_place: bool = False,
    ) -> None:
        before, since = agent.state, agent.since
        self._agents.enter_state(agent, state, now)
        agent.reason = reason
        if before is AgentState.WRAP_UP:
            self._deadlines.clear(Due.WRAP_UP, agent.ident)
        if state is not AgentState.AVAILABLE:
            agent.rest_until = None
            self._deadlines.clear(Due.REST, agent.ident)
        seconds = 0.0 if since is None else now - since
        self._out.append(m.AgentMoved(agent.ident, before, state, reason, seconds, agent.call))
        if state in STATES_WITHOUT_CALL:
            agent.call = agent.queue = None
        self._file(agent, now, keep_place=keep_place)

    def _file(self, agent: AgentRecord, now: float, *, keep_place: bool = False) -> None:
        if self._agents.settle(agent, now, keep_place=keep_place):
            self._freed.append(agent)

    def _end_wrap_up(self, ident: str, now: float) -> None:
        self._advance(self._agents[ident], Trigger.FINISH, "wrap_up_over", now)

    def _end_rest(self, ident: str, now: float) -> None:
        agent = self._agents[ident]
        agent.rest_until = None
        self._deadlines.clear(Due.REST, ident)
        self._file(agent, now)

    # --- calls

    def _queue(self, name: str) -> Queue:
        try:
            return self._queues[name]
        except KeyError:
            raise UnknownQueueError(f"the site file has no queue {name!r}") from None

    def _refuse_known(self, call: str) -> None:
        if call in self._calls or call in self._talks:
            raise DuplicateCallError(f"call {call!r} already waits or talks")

    def _on_enter(self, message: m.Enter) -> None:
        queue = self._queue(message.queue)
        self._refuse_known(message.call)
        if not isfinite(message.entered_at) or isnan(message.expires_at):
            raise BadMessageError(f"call {message.call!r}: a time is not a number")
        requirement = self._requirements.get(message.skills)
        if self._calls.count(message.queue) >= queue.length_max:
            self._out.append(m.Left(message.call, message.queue, QueueOutcome.OVERFLOW, 0.0))
            return
        if message.leave_if_empty and not self._is_staffed(requirement):
            self._out.append(m.Left(message.call, message.queue, QueueOutcome.EMPTY, 0.0))
            return
        self._calls_entered += 1
        call = CallRecord(message, requirement, self._calls_entered)
        self._calls.add(call)
        self._deadlines.set(Due.WAIT, call.ident, call.expires_at)
        self._returned.append(call)

    def _on_leave(self, message: m.Leave, now: float) -> None:
        call = self._calls[message.call]
        if message.outcome is QueueOutcome.ANSWERED:
            raise BadMessageError(f"call {message.call!r}: only an agent's answer is `answered`")
        self._leave(call, message.outcome, now)

    def _end_wait(self, ident: str, now: float) -> None:
        self._leave(self._calls[ident], QueueOutcome.TIMEOUT, now)

    def _leave(
        self, call: CallRecord, outcome: QueueOutcome, now: float, agent: AgentId | None = None
    ) -> None:
        self._calls.remove(call)
        self._deadlines.clear(Due.WAIT, call.ident)
        if call.offer is not None:
            self._end_offer(self._offers[call.offer], OfferOutcome.CANCELLED, now)
        wait_s = max(0.0, now - call.entered_at)
        self._out.append(m.Left(call.ident, call.queue, outcome, wait_s, agent))

    # --- offers

    def _offer(self, ident: OfferId) -> Offer | None:
        """The live offer; None when it is over: its result and our decision met on the way."""
        offer = self._offers.get(ident)
        if offer is None:
            number = ident.removeprefix(self._offer_prefix)
            made = ident.startswith(self._offer_prefix) and number.isdecimal()
            if not made or not 1 <= int(number) <= self._offers_made:
                raise UnknownOfferError(f"offer {ident!r} was never made")
        return offer

    def _on_ringing(self, message: m.OfferRinging, now: float) -> None:
        offer = self._offer(message.offer)
        if offer is not None:
            self._advance(offer.agent, Trigger.RING, "ringing", now)

    def _on_answered(self, message: m.OfferAnswered, now: float) -> None:
        offer = self._offer(message.offer)
        if offer is None or now >= offer.deadline:
            return
        call, agent = offer.call, offer.agent
        self._close(offer)
        self._talks[call.ident] = agent
        self._out.append(m.Connect(offer.ident, call.ident, agent.ident, call.queue))
        self._advance(agent, Trigger.ANSWER, "answered", now)
        self._leave(call, QueueOutcome.ANSWERED, now, agent.ident)

    def _on_offer_ended(self, message: m.OfferEnded, now: float) -> None:
        offer = self._offer(message.offer)
        if message.outcome is OfferOutcome.ACCEPTED:
            raise BadMessageError(f"offer {message.offer!r}: acceptance is `OfferAnswered`")
        if offer is not None:
            self._end_offer(offer, message.outcome, now)

    def _end_lease(self, ident: str, now: float) -> None:
        """A phone that never rang is a technical failure, not somebody who does not answer."""
        offer = self._offers[ident]
        rang = offer.agent.state is AgentState.RINGING
        self._end_offer(offer, OfferOutcome.NO_ANSWER if rang else OfferOutcome.FAILED, now)

    def _end_offer(self, offer: Offer, outcome: OfferOutcome, now: float) -> None:
        agent, consequence = offer.agent, CONSEQUENCES[outcome]
        self._take_back(offer, outcome)
        if consequence.pause:
            self._advance(agent, Trigger.PENALISE, consequence.pause, now)
            return
        if consequence.rest_s:
            agent.rest_until = now + consequence.rest_s
            self._deadlines.set(Due.REST, agent.ident, agent.rest_until)
        to = step(agent.ident, agent.state, Trigger.RELEASE)
        if isinstance(to, AgentState):
            self._move(agent, to, outcome.value, now, keep_place=True)

    def _take_back(self, offer: Offer, outcome: OfferOutcome) -> None:
        """The call is back in its place, or gone; the agent's next state is the caller's affair."""
        call, agent = offer.call, offer.agent
        self._close(offer)
        self._out.append(m.StopRinging(offer.ident, call.ident, agent.ident, call.queue, outcome))
        if call.ident in self._calls:
            if CONSEQUENCES[outcome].spare:
                call.spared.add(agent.ident)
            self._calls.line_up(call)
            self._returned.append(call)

    def _close(self, offer: Offer) -> None:
        del self._offers[offer.ident]
        self._deadlines.clear(Due.LEASE, offer.ident)
        offer.agent.offer = None
        offer.call.offer = None

    # --- conversations

    def _on_conversation_ended(self, message: m.ConversationEnded, now: float) -> None:
        agent = self._talks.get(message.call)
        if agent is None:
            raise UnknownCallError(f"call {message.call!r} talks to nobody")
        del self._talks[message.call]
        later, agent.later = agent.later, None
        wrap_up_s = self._queues[agent.queue].wrap_up_s if agent.queue else 0.0
        if later is not None:
            self._advance(agent, AFTER[later[0]], later[1], now)
        elif message.wrap_up and wrap_up_s > 0:
            self._advance(agent, Trigger.WRAP_UP, "conversation_ended", now)
            self._deadlines.set(Due.WRAP_UP, agent.ident, now + wrap_up_s)
        else:
            self._advance(agent, Trigger.FINISH, "conversation_ended", now)

    def _on_resume(self, message: m.Resume, now: float) -> None:
        agent = self._agents[message.agent]
        self._queue(message.queue)
        self._refuse_known(message.call)
        step(agent.ident, agent.state, Trigger.RESUME)
        if agent.state is AgentState.PAUSED:
            agent.later = (Trigger.PAUSE, agent.reason)
        agent.call, agent.queue = message.call, message.queue
        self._talks[message.call] = agent
        self._advance(agent, Trigger.RESUME, "resumed", now)

    # --- matching

    def _on_hold(self, message: m.Hold) -> None:
        if isnan(message.until):
            raise BadMessageError("the hold's end is not a number")
        self._held = True
        self._deadlines.set(Due.HOLD, "", message.until)

    def _end_hold(self) -> None:
        """Whoever is free may have missed something: all of them take part in the next match."""
        if self._held:
            self._held = False
            self._deadlines.clear(Due.HOLD, "")
            self._freed = [agent for agent in self._agents if agent.free_key is not None]

    def _match(self, now: float) -> None:
        """Joins calls and agents until no free agent could serve a waiting call.

        That held before this message, so a new pair has a call that came (back) or an agent who
        became free: only those are looked at. Among them the first in line goes first.
        """
        freed, self._freed = self._freed, []
        returned, self._returned = self._returned, []
        if self._held:
            return
        turns: Turns = []
        for agent in freed:
            self._take_turn(turns, agent)
        for call in returned:
            self._turn(turns, call, None)
        while turns:
            _, _, call, on_behalf = heappop(turns)
            if call.in_line:
                best = self._best_agent(call) or on_behalf
                if best is not None:
                    self._ring(call, best, now)
            if on_behalf is not None:
                self._take_turn(turns, on_behalf)

    def _take_turn(self, turns: Turns, agent: AgentRecord) -> None:
        if agent.free_key is None:
            return
        call = self._calls.first_for(agent.group.profile)
        if call is not None:
            self._turn(turns, call, agent)

    def _turn(self, turns: Turns, call: CallRecord, agent: AgentRecord | None) -> None:
        self._turns += 1
        heappush(turns, (call.key, self._turns, call, agent))

    def _best_agent(self, call: CallRecord) -> AgentRecord | None:
        """Somebody this call rang in vain only when nobody else is free."""
        best = self._strategy.choose(self._agents, call.requirement, call.spared)
        if best is None and call.spared:
            best = self._strategy.choose(self._agents, call.requirement, frozenset())
        return best

    def _ring(self, call: CallRecord, agent: AgentRecord, now: float) -> None:
        self._offers_made += 1
        ident = OfferId(f"{self._offer_prefix}{self._offers_made}")
        reason = self._strategy.reason(agent, now)
        ring_timeout_s = self._queues[call.queue].ring_timeout_s
        deadline = now + ring_timeout_s + LEASE_GRACE_S
        self._calls.take_out(call)
        self._offers[ident] = Offer(ident, call, agent, deadline)
        self._deadlines.set(Due.LEASE, ident, deadline)
        call.offer = agent.offer = ident
        agent.call, agent.queue = call.ident, call.queue
        self._advance(agent, Trigger.RESERVE, "offer", now)
        self._out.append(m.Ring(ident, call.ident, agent.ident, call.queue, ring_timeout_s, reason))
