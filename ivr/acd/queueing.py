"""Calls come into queues, wish for an agent, change their priority, and leave."""

from math import isfinite, isnan

from ivr.acd import messages as m
from ivr.acd.calls import CallRecord
from ivr.acd.consequences import PRIORITY_LIMIT
from ivr.acd.deadlines import Due
from ivr.acd.errors import BadMessageError
from ivr.acd.relaxing import Relaxing
from ivr.model.agents import AgentState, QueueOutcome
from ivr.model.ids import AgentId
from ivr.model.site import Site

ABSENT = (AgentState.LOGGED_OUT, AgentState.PAUSED)
"""Nobody waits for an agent in one of these states."""


class Queueing(Relaxing):
    """Messages about calls; each is checked before anything changes."""

    def __init__(self, site: Site, offer_prefix: str, seed: int) -> None:
        super().__init__(site, offer_prefix, seed)
        self._calls_entered = 0
        self._wants: dict[AgentId, dict[str, CallRecord]] = {}
        """Calls that want this agent, whether they stand in line or ring."""
        self._delays = delays(site)

    # --- in and out

    def _on_enter(self, message: m.Enter, now: float) -> None:
        queue = self._queue(message.queue)
        self._refuse_known(message.call)
        _refuse_senseless_times(message)
        _refuse_senseless_priority(message)
        requirement = self._requirements.get(message.skills)
        stages = self._timeline(message.queue, requirement)
        is_new = not (message.callback or message.has_place)
        if is_new and self._calls.on_the_line(message.queue) >= queue.length_max:
            self._out.append(m.Left(message.call, message.queue, QueueOutcome.OVERFLOW, 0.0))
            return
        if message.leave_if_empty and not self._is_staffed(stages[-1].requirement):
            self._out.append(m.Left(message.call, message.queue, QueueOutcome.EMPTY, 0.0))
            return
        self._calls_entered += 1
        call = CallRecord(message, stages, self._calls_entered)
        self._calls.add(call)
        self._places.use_up(call.queue, call.caller)
        self._deadlines.set(Due.WAIT, call.ident, call.expires_at)
        self._relax(call, now)
        self._want(call, message.wanted_until, now)
        if call.not_before > now:
            self._deadlines.set(Due.START, call.ident, call.not_before)
        else:
            self._start(call, now)

    def _start(self, call: CallRecord, now: float) -> None:
        """From now on the call may be offered to somebody."""
        self._calls.line_up(call)
        self._returned.append(call)
        self._await_delay(call, now)

    def _end_start(self, ident: str, now: float) -> None:
        self._start(self._calls[ident], now)

    def _on_leave(self, message: m.Leave, now: float) -> None:
        call = self._calls[message.call]
        if message.outcome is QueueOutcome.ANSWERED:
            raise BadMessageError(f"call {message.call!r}: only an agent's answer is `answered`")
        grace_s = self._queues[call.queue].redial_grace_s
        if message.outcome is QueueOutcome.ABANDONED and grace_s > 0 and not call.callback:
            self._places.keep(call.queue, call.caller, call.entered_at, now + grace_s)
        self._leave(call, message.outcome, now)

    def _on_keep_place(self, message: m.KeepPlace) -> None:
        self._queue(message.queue)
        if not isfinite(message.entered_at) or isnan(message.until):
            raise BadMessageError(f"the place kept in {message.queue!r}: a time is not a number")
        self._places.keep(message.queue, message.caller, message.entered_at, message.until)

    def _end_wait(self, ident: str, now: float) -> None:
        self._leave(self._calls[ident], QueueOutcome.TIMEOUT, now)

    def _leave(
        self, call: CallRecord, outcome: QueueOutcome, now: float, agent: AgentId | None = None
    ) -> None:
        super()._leave(call, outcome, now, agent)
        self._forget_want(call)

    # --- priority

    def _on_reprioritise(self, message: m.Reprioritise, now: float) -> None:
        call = self._calls[message.call]
        _refuse_senseless_priority(message)
        with self._calls.moving(call):
            call.priority = message.priority
            call.weigh()
        self._out.append(m.Reprioritised(call.ident, call.queue, call.priority))
        if call.in_line:
            self._returned.append(call)
        self._await_delay(call, now)

    def _relax(self, call: CallRecord, now: float) -> None:
        """Steps may weigh, too: what counts for delays is the start they lead to."""
        super()._relax(call, now)
        self._await_delay(call, now)

    # --- agents who take a queue's calls only after a delay

    def _await_delay(self, call: CallRecord, now: float) -> None:
        """To be looked at again when the wait is long enough for agents with the next delay."""
        moments = (call.key[0] + delay_s for delay_s in self._delays.get(call.queue, ()))
        at = min((moment for moment in moments if moment > now), default=float("inf"))
        self._deadlines.set(Due.DELAY, call.ident, at)

    def _end_delay(self, ident: str, now: float) -> None:
        call = self._calls[ident]
        if call.in_line:
            self._returned.append(call)
        self._await_delay(call, now)

    # --- a wanted agent

    def _want(self, call: CallRecord, until: float, now: float) -> None:
        """Void from the start when that agent is unknown, away, or may not serve."""
        if call.wanted is None:
            return
        agent = self._agents.get(call.wanted)
        possible = agent is not None and agent.state not in ABSENT and call.suits(agent)
        if not possible or until <= now:
            call.open_field()
            return
        self._wants.setdefault(call.wanted, {})[call.ident] = call
        self._deadlines.set(Due.WANT, call.ident, until)

    def _end_want(self, ident: str) -> None:
        """The field is open."""
        call = self._calls[ident]
        self._forget_want(call)
        with self._calls.moving(call):
            call.open_field()
        self._deadlines.clear(Due.WANT, ident)
        if call.in_line:
            self._returned.append(call)

    def _forget_want(self, call: CallRecord) -> None:
        if call.wanted is not None:
            wanting = self._wants[call.wanted]
            del wanting[call.ident]
            if not wanting:
                del self._wants[call.wanted]

    # --- what agents do

    def _follow_agents(self, now: float) -> None:
        """What this message's log-ins, log-outs and pauses mean to those who wait."""
        moves = [command for command in self._out if isinstance(command, m.AgentMoved)]
        for moved in moves:
            if moved.after in ABSENT:
                for ident in list(self._wants.get(moved.agent, ())):
                    self._end_want(ident)
        self._relax_after_logs(now)


def delays(site: Site) -> dict[str, set[float]]:
    """Those that occur in the site, by queue."""
    found: dict[str, set[float]] = {}
    for agent in site.agents.values():
        for queue, terms in agent.queues.items():
            if terms.delay_s > 0:
                found.setdefault(queue, set()).add(terms.delay_s)
    return found


def _refuse_senseless_times(message: m.Enter) -> None:
    moments = (message.expires_at, message.wanted_until, message.not_before)
    since = message.entered_at if message.joined_at is None else message.joined_at
    finite = (message.entered_at, since, message.lead_s)
    if not all(map(isfinite, finite)) or any(map(isnan, moments)) or message.lead_s < 0:
        raise BadMessageError(f"call {message.call!r}: a time is not a number")


def _refuse_senseless_priority(message: m.Enter | m.Reprioritise) -> None:
    if abs(message.priority) > PRIORITY_LIMIT:
        raise BadMessageError(f"call {message.call!r}: no priority is beyond {PRIORITY_LIMIT}")
