"""What agents wish, what their phones can do, and how conversations end for them."""

from ivr.acd import messages as m
from ivr.acd.deadlines import Due
from ivr.acd.errors import DuplicateCallError, UnknownCallError, UnknownQueueError
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

    def _queue(self, name: str) -> Queue:
        try:
            return self._queues[name]
        except KeyError:
            raise UnknownQueueError(f"the site file has no queue {name!r}") from None

    def _refuse_known(self, call: str) -> None:
        if call in self._calls or call in self._talks:
            raise DuplicateCallError(f"call {call!r} already waits or talks")
