"""The routing engine: one message in, commands out, and the next moment it wants to be woken."""

from collections.abc import Callable
from dataclasses import replace
from heapq import heappop, heappush
from math import isfinite, isnan
from typing import Any

from ivr.acd import messages as m
from ivr.acd.agents import AgentRecord
from ivr.acd.ask import Ask
from ivr.acd.calls import CallRecord
from ivr.acd.consequences import LEASE_GRACE_S
from ivr.acd.deadlines import Due
from ivr.acd.errors import BadMessageError
from ivr.acd.order import Key
from ivr.acd.staff import Staff
from ivr.acd.state import Offer
from ivr.acd.table import Trigger
from ivr.model.agents import QueueOutcome
from ivr.model.ids import OfferId
from ivr.model.site import Site

Turns = list[tuple[Key, int, CallRecord, AgentRecord | None]]
"""Heap of calls to match next, first in line first; a serial number; and the free agent on whose
behalf the call was looked up, unless it came by itself."""


class Engine(Staff):
    """Decides who talks to whom; single-threaded, never awaits.

    Every message is checked first and then carried out, so an error has changed nothing. After
    the message come the deadlines that are due, and then one match over whatever became free.
    """

    def __init__(self, site: Site, *, offer_prefix: str = "o", seed: int = 0) -> None:
        """Agents start logged out, reachable and not busy. The prefix begins every offer id:
        give each process its own, so that ids in a journal stay apart across restarts. `seed`
        is for strategies that leave something to chance."""
        super().__init__(site, offer_prefix, seed)
        self._calls_entered = 0
        self._turns = 0
        self._now = float("-inf")
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
            m.KeepPlace: lambda _x, _now: None,
            m.Reprioritise: lambda _x, _now: None,
            m.ExtendWrapUp: lambda x, _now: self._on_extend_wrap_up(x),
            m.PlanPause: self._on_plan_pause,
            m.DayBegan: lambda _x, now: self._agents.begin_day(now),
            m.Tick: lambda _x, _now: None,
        }
        self._expiries: dict[Due, Callable[[str, float], None]] = {
            Due.LEASE: self._end_lease,
            Due.WRAP_UP: self._end_wrap_up,
            Due.REST: self._end_rest,
            Due.PLANNED: self._begin_break,
            Due.BREAK: self._end_break,
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

    # --- calls

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
            self._freed = [agent for agent in self._agents if agent.free]

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
        if not agent.free:
            return
        call = self._calls.first_for(agent.group.profile)
        if call is not None:
            self._turn(turns, call, agent)

    def _turn(self, turns: Turns, call: CallRecord, agent: AgentRecord | None) -> None:
        self._turns += 1
        heappush(turns, (call.key, self._turns, call, agent))

    def _best_agent(self, call: CallRecord) -> AgentRecord | None:
        """Somebody this call rang in vain only when nobody else is free."""
        ask = Ask(call.requirement, call.queue, self._now - call.key[0], call.spared)
        strategy = self._strategies[self._queues[call.queue].strategy]
        best = strategy.choose(self._agents, ask)
        if best is None and call.spared:
            best = strategy.choose(self._agents, replace(ask, barred=frozenset()))
        return best

    def _ring(self, call: CallRecord, agent: AgentRecord, now: float) -> None:
        self._offers_made += 1
        ident = OfferId(f"{self._offer_prefix}{self._offers_made}")
        queue = self._queues[call.queue]
        strategy = self._strategies[queue.strategy]
        strategy.chosen(agent)
        reason = strategy.reason(agent, now)
        ring_timeout_s = queue.ring_timeout_s
        deadline = now + ring_timeout_s + LEASE_GRACE_S
        self._calls.take_out(call)
        self._offers[ident] = Offer(ident, call, agent, deadline)
        self._deadlines.set(Due.LEASE, ident, deadline)
        call.offer = agent.offer = ident
        agent.call, agent.queue = call.ident, call.queue
        self._advance(agent, Trigger.RESERVE, "offer", now)
        self._out.append(m.Ring(ident, call.ident, agent.ident, call.queue, ring_timeout_s, reason))
