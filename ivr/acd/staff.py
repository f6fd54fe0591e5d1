"""What agents wish, what their phones can do, and how conversations end for them."""

from math import inf, isfinite

from ivr.acd import messages as m
from ivr.acd.agents import AgentRecord
from ivr.acd.deadlines import Due
from ivr.acd.errors import (
    BadMessageError,
    DuplicateCallError,
    UnknownAgentError,
    UnknownCallError,
    UnknownQueueError,
)
from ivr.acd.offering import Offering
from ivr.acd.table import AFTER, Special, Trigger, step
from ivr.model.agents import AgentState, OfferOutcome
from ivr.model.ids import AgentId
from ivr.model.site import Queue


class Staff(Offering):
    """Messages about agents; each is checked before anything changes."""

    def _wish(self, ident: AgentId, trigger: Trigger, reason: str, now: float) -> None:
        """What an agent asked for: now, after the conversation, or it is so already."""
        agent = self._agents[ident]
        to = step(ident, agent.state, trigger)
        if trigger in (Trigger.READY, Trigger.LOG_IN):
            _refuse_gone(agent)
            agent.missed = 0
        if to is not Special.KEEP:
            agent.on_break = None
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

    def _on_conversation_ended(self, message: m.ConversationEnded, now: float) -> None:
        agent = self._talks.get(message.call)
        if agent is None:
            raise UnknownCallError(f"call {message.call!r} talks to nobody")
        del self._talks[message.call]
        self._callback_over(message.call)
        later, agent.later = agent.later, None
        wrap_up_s = self._wrap_up_s(agent)
        if later is not None:
            self._advance(agent, AFTER[later[0]], later[1], now)
        elif message.wrap_up and wrap_up_s > 0:
            self._advance(agent, Trigger.WRAP_UP, "conversation_ended", now)
            self._wrap_up_until(agent, now + wrap_up_s)
        else:
            self._advance(agent, Trigger.FINISH, "conversation_ended", now)

    def _wrap_up_s(self, agent: AgentRecord) -> float:
        """The agent's own time, else the queue's; infinite: until the agent says ready."""
        if agent.wrap_up == "until_ready":
            return inf
        if agent.wrap_up is not None:
            return agent.wrap_up
        return self._queues[agent.queue].wrap_up_s if agent.queue else 0.0

    def _wrap_up_until(self, agent: AgentRecord, until: float) -> None:
        agent.wrap_up_until = until if isfinite(until) else None
        self._deadlines.set(Due.WRAP_UP, agent.ident, until)

    def _on_extend_wrap_up(self, message: m.ExtendWrapUp) -> None:
        agent = self._agents[message.agent]
        if not 0 < message.seconds < inf:
            raise BadMessageError(f"agent {message.agent!r}: more time to write up is above 0 s")
        if agent.wrap_up_until is not None:
            self._wrap_up_until(agent, agent.wrap_up_until + message.seconds)

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

    def _on_resume(self, message: m.Resume, now: float) -> None:
        agent = self._agents[message.agent]
        self._queue(message.queue)
        self._refuse_known(message.call)
        _refuse_gone(agent)
        step(agent.ident, agent.state, Trigger.RESUME)
        if agent.state is AgentState.PAUSED:
            agent.later = (Trigger.PAUSE, agent.reason)
        agent.call, agent.queue = message.call, message.queue
        self._talks[message.call] = agent
        if message.callback:
            self._callback_begins(message.call, message.queue)
        self._advance(agent, Trigger.RESUME, "resumed", now)

    def _queue(self, name: str) -> Queue:
        try:
            return self._queues[name]
        except KeyError:
            raise UnknownQueueError(f"the site file has no queue {name!r}") from None

    def _refuse_known(self, call: str) -> None:
        if call in self._calls or call in self._talks:
            raise DuplicateCallError(f"call {call!r} already waits or talks")


def _refuse_gone(agent: AgentRecord) -> None:
    """Who has left the site ends what is under way, and begins nothing."""
    if not agent.on_site:
        raise UnknownAgentError(f"agent {agent.ident!r} has left the site")
