"""What agents wish, what their phones can do, and who is found talking."""

from math import inf, isfinite, isnan

from ivr.acd import messages as m
from ivr.acd.agents import AgentRecord
from ivr.acd.deadlines import Due
from ivr.acd.errors import (
    BadMessageError,
    DispositionOwedError,
    DuplicateCallError,
    UnknownAgentError,
    UnknownQueueError,
)
from ivr.acd.table import Special, Step, Trigger, step
from ivr.acd.working import Working
from ivr.model.agents import AgentState, OfferOutcome
from ivr.model.ids import AgentId
from ivr.model.site import Queue


class Staff(Working):
    """Messages about agents; each is checked before anything changes."""

    def _on_log_in(self, message: m.LogIn, now: float) -> None:
        agent, since = self._agents[message.agent], message.idle_since
        if since is not None and not isfinite(since):
            raise BadMessageError(f"agent {message.agent!r}: since when free is not a number")
        if since is not None and agent.state is AgentState.LOGGED_OUT:
            agent.idle_since = min(since, now)
        self._wish(message.agent, Trigger.LOG_IN, "log_in", now, keep_place=since is not None)

    def _wish(
        self,
        ident: AgentId,
        trigger: Trigger,
        reason: str,
        now: float,
        *,
        keep_place: bool = False,
    ) -> None:
        """What an agent asked for: now, after the conversation, or it is so already."""
        agent = self._agents[ident]
        to = step(ident, agent.state, trigger)
        if trigger in (Trigger.READY, Trigger.LOG_IN):
            _refuse_gone(agent)
            _refuse_owing(agent, to)
            agent.missed = 0
        if to is not Special.KEEP:
            agent.on_break = None
        if to in (Special.LATER, Special.RECALL):
            agent.later = (trigger, reason) if to is Special.LATER else None
            if agent.later is not None and agent.offer is not None:
                self._take_back(self._offers[agent.offer], OfferOutcome.CANCELLED)
            if trigger is Trigger.READY:
                self._finish(agent, agent.written_up(inf), now)
                self._end_rest(ident, now)
            self._wind_up(agent, now)
        elif isinstance(to, AgentState):
            if agent.offer is not None:
                self._take_back(self._offers[agent.offer], OfferOutcome.CANCELLED)
            self._move(agent, to, reason, now, keep_place=keep_place)
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

    def _on_plan_pause(self, message: m.PlanPause, now: float) -> None:
        agent = self._agents[message.agent]
        if not -inf < message.start < message.end < inf:
            raise BadMessageError(f"agent {message.agent!r}: a planned pause ends after it starts")
        if agent.plan is not None and agent.plan.start <= now:
            self._begin_break(agent.ident, now)
        agent.plan = message
        self._deadlines.set(Due.PLANNED, agent.ident, message.start)

    def _begin_break(self, ident: str, now: float) -> None:
        """Whoever has chosen that very pause before its time is in it now."""
        agent = self._agents.get(ident)
        if agent is None:  # has left the site meanwhile
            return
        plan, agent.plan = agent.plan, None
        if plan is None or agent.state is AgentState.LOGGED_OUT or now >= plan.end:
            return
        if agent.state is AgentState.PAUSED:
            if agent.reason != plan.reason:
                return
        elif agent.later is not None:
            return
        else:
            self._wish(agent.ident, Trigger.PAUSE, plan.reason, now)
        agent.on_break = plan
        self._deadlines.set(Due.BREAK, ident, plan.end)

    def _end_break(self, ident: str, now: float) -> None:
        agent = self._agents.get(ident)
        if agent is None or agent.on_break is None:
            return
        agent.on_break = None
        if agent.state is AgentState.PAUSED:
            self._advance(agent, Trigger.READY, "break_over", now)
        else:
            agent.later = None
            self._file(agent, now)

    def _on_resume(self, message: m.Resume, now: float) -> None:
        agent = self._agents[message.agent]
        self._queue(message.queue)
        self._refuse_known(message.call)
        _refuse_gone(agent)
        if message.since is not None and not isfinite(message.since):
            raise BadMessageError(f"call {message.call!r}: when its talk began is not a number")
        step(agent.ident, agent.state, Trigger.RESUME)
        if agent.state is AgentState.PAUSED:
            agent.later = (Trigger.PAUSE, agent.reason)
        self._talks[message.call] = agent
        since = now if message.since is None else message.since
        for call in list(agent.work):
            self._put_down(agent, call, now)
        self._take_up(agent, message.call, message.queue, self._shares[message.queue], since)
        agent.call, agent.queue = message.call, message.queue
        if message.callback:
            self._callback_begins(message.call, message.queue)
        self._advance(agent, Trigger.RESUME, "resumed", now)

    def _on_resume_wrap_up(self, message: m.ResumeWrapUp, now: float) -> None:
        agent = self._agents[message.agent]
        if isnan(message.until):
            raise BadMessageError(f"agent {message.agent!r}: the end of a wrap-up is not a number")
        _refuse_gone(agent)
        step(agent.ident, agent.state, Trigger.RESUME_WRAP_UP)
        agent.call = message.call
        self._wrap_up_until(agent, message.until)
        self._advance(agent, Trigger.RESUME_WRAP_UP, "resumed", now)

    def _queue(self, name: str) -> Queue:
        try:
            return self._queues[name]
        except KeyError:
            raise UnknownQueueError(f"the site file has no queue {name!r}") from None

    def _refuse_known(self, call: str) -> None:
        if call in self._calls or call in self._talks:
            raise DuplicateCallError(f"call {call!r} already waits or talks")


def _refuse_owing(agent: AgentRecord, to: Step) -> None:
    """Nobody is ready who has still to say what became of a talk."""
    if agent.owed and agent.state is AgentState.WRAP_UP and to is AgentState.AVAILABLE:
        raise DispositionOwedError(
            f"agent {agent.ident} has to give a disposition first: what became of "
            f"call {next(iter(agent.owed))}"
        )


def _refuse_gone(agent: AgentRecord) -> None:
    """Who has left the site ends what is under way, and begins nothing."""
    if not agent.on_site:
        raise UnknownAgentError(f"agent {agent.ident!r} has left the site")
