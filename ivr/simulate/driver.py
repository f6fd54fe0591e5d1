"""Drives the routing core through one replication: feeds it messages, obeys its commands.

It knows of the core what the dispatcher of a live server knows: messages, commands, and the next
moment at which the core wants to be woken.
"""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

from ivr.acd import messages as m
from ivr.acd.engine import Engine
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from ivr.model.site import Callback, Site
from ivr.simulate.callers import Caller, Callers, streams
from ivr.simulate.record import Record
from ivr.simulate.scenario import Scenario
from ivr.simulate.spread import sampler
from ivr.simulate.staffing import Attendance, staff
from ivr.site.breaks import next_break, next_midnight

Act = Callable[[Any], None]
AT_WORK = (AgentState.ON_CALL, AgentState.WRAP_UP)


def simulate(site: Site, scenario: Scenario, replication: int) -> Record:
    """One replication from an empty centre until the last measured caller has been served."""
    return Driver(site, scenario, replication).run()


class Driver:
    """One replication. Times are seconds since the beginning; the core is told epoch seconds."""

    def __init__(self, site: Site, scenario: Scenario, replication: int) -> None:
        staffing = staff(site, scenario)
        self._site, self._scenario = staffing.site, scenario
        self._zone = ZoneInfo(site.timezone)
        self._epoch = _epoch(scenario.begin, self._zone)
        self._engine = Engine(staffing.site)
        chance = streams(scenario.seed, replication)
        self._callers = {
            QueueId(name): Callers(
                QueueId(name), site.queues[name], demand, scenario.answering, chance
            )
            for name, demand in scenario.queues.items()
        }
        self._write_up = sampler(scenario.answering.write_up)
        self._writing = chance("write_up")
        self._now_s = 0.0
        self._agenda: list[tuple[float, int, Act, Any]] = []
        self._entries = 0
        self._inbox: deque[m.Input] = deque()
        self._waiting: dict[CallId, Caller] = {}
        self._offers: dict[OfferId, float] = {}
        """Offers under way, and when each began to ring."""
        self._served: dict[CallId, Caller] = {}
        """Who is talked to, or written up."""
        self._later = 0
        """Customers who could not be reached and will be tried again."""
        self._states: dict[AgentId, tuple[AgentState, float]] = {}
        self._planned_pauses = {
            name: {one.reason for one in agent.breaks} for name, agent in self._site.agents.items()
        }
        staffed = dict.fromkeys(one.agent for one in staffing.attendances)
        self.record = Record(list(scenario.queues), list(staffed))
        self._obey: dict[type, Callable[[Any], None]] = {
            m.Ring: self._ring,
            m.StopRinging: self._stop_ringing,
            m.Connect: self._connect,
            m.Left: self._left,
            m.AgentMoved: self._moved,
            m.Relaxed: self._relaxed,
            m.Finished: self._finished,
        }
        for attendance in staffing.attendances:
            self._plan(attendance)
        for agent in staffed:
            self._plan_breaks(agent)
        self._next_day()
        for callers in self._callers.values():
            self._next_arrival(callers.arrive(scenario.length))

    # --- the clock

    def run(self) -> Record:
        length_s = self._scenario.length
        while (self._now_s < length_s and self._agenda) or self._unfinished:
            self._step()
        self._now_s = max(self._now_s, length_s)
        for agent in self._states:
            self._account(agent, AgentState.LOGGED_OUT)
        return self.record

    @property
    def _unfinished(self) -> bool:
        """Whether somebody waits, talks, is written up, or will be called again."""
        return bool(self._waiting or self._served or self._later)

    def _step(self) -> None:
        """Whatever comes next: the core's own deadline, or something on the agenda."""
        deadline = self._engine.next_deadline()
        next_s = self._agenda[0][0] if self._agenda else inf
        if deadline is not None and deadline - self._epoch <= next_s:
            self._now_s = max(self._now_s, deadline - self._epoch)
            self._tell(m.Tick(), deadline)
            return
        at_s, _, act, about = heappop(self._agenda)
        self._now_s = max(self._now_s, at_s)
        act(about)

    def _at(self, at_s: float, act: Act, about: object) -> None:
        self._entries += 1
        heappush(self._agenda, (at_s, self._entries, act, about))

    def _tell(self, message: m.Input, now: float | None = None) -> None:
        """Tells the core one thing and does what follows, answers at once included."""
        now = self._epoch + self._now_s if now is None else now
        inbox, obey, handle = self._inbox, self._obey, self._engine.handle
        inbox.append(message)
        while inbox:
            self.record.messages += 1
            for command in handle(inbox.popleft(), now):
                obey[type(command)](command)

    # --- callers

    def _next_arrival(self, arrivals: Iterator[Caller]) -> None:
        caller = next(arrivals, None)
        if caller is not None:
            self._at(caller.arrived_s, self._arrive, (caller, arrivals))

    def _arrive(self, arrival: tuple[Caller, Iterator[Caller]]) -> None:
        caller, arrivals = arrival
        self._next_arrival(arrivals)
        self._enter(caller)

    def _enter(self, caller: Caller) -> None:
        now = self._epoch + caller.arrived_s
        caller.measured = self._scenario.warm_up <= caller.arrived_s < self._scenario.length
        self.record.calls += 1
        kept = self._engine.kept_place(caller.queue, caller.name, now)
        if caller.measured and caller.attempt > 1:
            self.record.queues[caller.queue].again += 1
            self.record.queues[caller.queue].kept += kept is not None
        self._waiting[caller.ident] = caller
        self._tell(
            m.Enter(
                caller.ident,
                caller.queue,
                caller.skills,
                caller.priority,
                now if kept is None else kept,
                now + self._site.queues[caller.queue].wait_s_max,
                caller.name,
                joined_at=now,
                has_place=kept is not None,
            )
        )
        if caller.ident in self._waiting:
            if caller.patience_s < inf:
                self._at(caller.arrived_s + caller.patience_s, self._give_up, caller)
            if caller.callback_after_s < caller.patience_s:
                self._at(caller.arrived_s + caller.callback_after_s, self._ask_callback, caller)

    def _give_up(self, caller: Caller) -> None:
        if caller.ident in self._waiting:
            self._tell(m.Leave(caller.ident, QueueOutcome.ABANDONED))

    def _left(self, left: m.Left) -> None:
        caller = self._waiting.pop(left.call)
        if caller.called:
            if left.outcome is not QueueOutcome.ANSWERED:
                self._unreached(caller)
        elif caller.measured:
            queue = self.record.queues[left.queue]
            queue.add(caller.arrived_s, left.wait_s, left.outcome)
        if left.outcome is QueueOutcome.ABANDONED and caller.retry_after_s < inf:
            visit = self._callers[caller.queue].again(caller, self._now_s)
            if visit.arrived_s < self._scenario.length:
                self._at(visit.arrived_s, self._enter, visit)

    def _relaxed(self, relaxed: m.Relaxed) -> None:
        if self._waiting[relaxed.call].measured:
            self.record.queues[relaxed.queue].relaxed += 1

    # --- call-backs

    def _ask_callback(self, caller: Caller) -> None:
        if caller.ident in self._waiting:
            self._tell(m.Leave(caller.ident, QueueOutcome.CALLBACK))
            self._stand_in(self._callers[caller.queue].hung_up(caller))

    def _stand_in(self, waiting: Caller) -> None:
        """The place in line goes on without the caller."""
        entered_at = self._epoch + waiting.arrived_s
        self._waiting[waiting.ident] = waiting
        self._tell(
            m.Enter(
                waiting.ident,
                waiting.queue,
                waiting.skills,
                waiting.priority,
                entered_at,
                entered_at + self._callback_terms(waiting).expires_s,
                waiting.name,
                callback=True,
            )
        )

    def _call_back(self, waiting: Caller) -> None:
        """The agent has answered; now the customer's phone rings."""
        terms = self._callback_terms(waiting)
        reach_s = self._callers[waiting.queue].reach(waiting)
        if reach_s is not None and reach_s < terms.ring_timeout_s:
            self._at(self._now_s + reach_s + waiting.talk_s, self._end_talk, waiting)
            self.record.queues[waiting.queue].reached += waiting.counted
        else:
            self._at(self._now_s + terms.ring_timeout_s, self._no_reply, waiting)

    def _no_reply(self, waiting: Caller) -> None:
        self._tell(m.ConversationEnded(waiting.ident, wrap_up=False))
        terms = self._callback_terms(waiting)
        if waiting.called >= terms.attempts_max:
            self._unreached(waiting)
        else:
            waiting.called += 1
            self._later += 1
            self._at(self._now_s + terms.retry_after_s, self._try_again, waiting)

    def _try_again(self, waiting: Caller) -> None:
        self._later -= 1
        self._stand_in(waiting)

    def _unreached(self, waiting: Caller) -> None:
        self.record.queues[waiting.queue].unreached += waiting.counted

    def _callback_terms(self, waiting: Caller) -> Callback:
        return self._site.queues[waiting.queue].callback or Callback()

    # --- offers and conversations

    def _ring(self, ring: m.Ring) -> None:
        caller = self._waiting[ring.call]
        delay_s, missed = self._callers[caller.queue].next_answer(caller)
        self._offers[ring.offer] = self._now_s
        if caller.measured:
            self.record.queues[ring.queue].offers += 1
        if missed or delay_s >= ring.ring_timeout_s:
            self._inbox.append(m.OfferRinging(ring.offer))
            self._at(self._now_s + ring.ring_timeout_s, self._miss, ring)
        elif delay_s:
            self._inbox.append(m.OfferRinging(ring.offer))
            self._at(self._now_s + delay_s, self._answer, ring.offer)
        else:
            self._inbox.append(m.OfferAnswered(ring.offer))

    def _answer(self, offer: OfferId) -> None:
        if offer in self._offers:
            self._tell(m.OfferAnswered(offer))

    def _miss(self, ring: m.Ring) -> None:
        if ring.offer in self._offers:
            if self._waiting[ring.call].measured:
                self.record.queues[ring.queue].missed += 1
            self._tell(m.OfferEnded(ring.offer, OfferOutcome.NO_ANSWER))

    def _stop_ringing(self, stop: m.StopRinging) -> None:
        del self._offers[stop.offer]

    def _connect(self, connect: m.Connect) -> None:
        del self._offers[connect.offer]
        caller = self._waiting[connect.call]
        self._served[connect.call] = caller
        if caller.measured:
            self.record.queues[connect.queue].talk_s += caller.talk_s
            self.record.agents[connect.agent].calls += 1
        if caller.called:
            self._call_back(caller)
        else:
            self._at(self._now_s + caller.talk_s, self._end_talk, caller)

    def _end_talk(self, caller: Caller) -> None:
        self._tell(m.ConversationEnded(caller.ident))

    def _finished(self, finished: m.Finished) -> None:
        caller = self._served.pop(finished.call)
        if caller.measured:
            self.record.queues[finished.queue].wrap_up_s += finished.seconds - caller.talk_s

    # --- agents

    def _plan(self, attendance: Attendance) -> None:
        self._at(attendance.start_s, self._tell, m.LogIn(attendance.agent))
        if attendance.end_s < inf:
            self._at(attendance.end_s, self._tell, m.LogOut(attendance.agent))

    def _plan_breaks(self, agent: AgentId) -> None:
        """Each is told to the core when its time has come, as a plan that begins at once."""
        breaks, end = self._site.agents[agent].breaks, self._epoch + self._scenario.length
        coming = next_break(breaks, self._zone, self._epoch)
        while coming is not None and coming.start < end:
            plan = m.PlanPause(agent, coming.reason, coming.start, coming.end)
            self._at(coming.start - self._epoch, self._tell, plan)
            coming = next_break(breaks, self._zone, coming.start)

    def _next_day(self) -> None:
        at_s = next_midnight(self._zone, self._epoch + self._now_s) - self._epoch
        if at_s < self._scenario.length:
            self._at(at_s, self._begin_day, None)

    def _begin_day(self, _about: None) -> None:
        self._tell(m.DayBegan())
        self._next_day()

    def _moved(self, moved: m.AgentMoved) -> None:
        agent, after = moved.agent, moved.after
        self._account(agent, after)
        if moved.call in self._served and after not in AT_WORK:
            caller = self._served.pop(moved.call)
            if caller.measured and moved.before is AgentState.WRAP_UP:
                self.record.queues[caller.queue].wrap_up_s += moved.seconds
        if after is AgentState.PAUSED and moved.reason not in self._planned_pauses[agent]:
            self._ready_in(agent, self._scenario.answering.back_after)
        elif after is AgentState.WRAP_UP and self._site.agents[agent].wrap_up == "until_ready":
            self._ready_in(agent, self._write_up(self._writing))

    def _ready_in(self, agent: AgentId, seconds: float) -> None:
        """The agent says ready after this time, unless something else happens before."""
        self._at(self._now_s + seconds, self._ready, (agent, self._states[agent]))

    def _ready(self, about: tuple[AgentId, tuple[AgentState, float]]) -> None:
        agent, state = about
        if self._states[agent] is state:
            self._tell(m.Ready(agent))

    def _account(self, agent: AgentId, after: AgentState) -> None:
        """Closes the state the agent was in."""
        now_s = self._now_s
        state, since_s = self._states.get(agent, (AgentState.LOGGED_OUT, now_s))
        self._states[agent] = (after, now_s)
        from_s, to_s = max(since_s, self._scenario.warm_up), min(now_s, self._scenario.length)
        record = self.record.agents[agent]
        if to_s > from_s:
            record.seconds[state] += to_s - from_s


def _epoch(begin: str, zone: ZoneInfo) -> float:
    return datetime.strptime(begin, "%Y-%m-%d %H:%M").replace(tzinfo=zone).timestamp()
