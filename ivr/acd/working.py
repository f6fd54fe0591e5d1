"""What agents have at hand: conversations end, are written up, and whoever has room is told so."""

from collections.abc import Iterable
from math import inf, isfinite

from ivr.acd import messages as m
from ivr.acd.agents import AgentRecord
from ivr.acd.deadlines import Due
from ivr.acd.errors import BadMessageError, UnknownCallError
from ivr.acd.offering import Offering
from ivr.acd.state import Offer
from ivr.acd.table import AFTER, Trigger
from ivr.model.agents import NO_DISPOSITION, AgentState, OfferOutcome
from ivr.model.ids import CallId, QueueId


class Working(Offering):
    """An agent is `on_call` as long as anybody is talked to, or offered beside that. Then what is
    left is written up together, in one wrap-up."""

    def _on_conversation_ended(self, message: m.ConversationEnded, now: float) -> None:
        agent = self._talks.get(message.call)
        if agent is None:
            raise UnknownCallError(f"call {message.call!r} talks to nobody")
        del self._talks[message.call]
        self._callback_over(message.call)
        work = agent.work[message.call]
        if message.wrap_up and self._queues[work.queue].disposition_required and not work.disposed:
            agent.owed[message.call] = work.queue
        until = now + (self._wrap_up_s(agent, work.queue) if message.wrap_up else 0.0)
        if len(agent.work) == 1 and agent.offer is None:
            self._write_up_together(agent, until, now)
            return
        talking = [call for call in agent.talking() if call != message.call]
        agent.about(talking[0] if talking else message.call)
        if talking or agent.offer is not None:
            self._write_up_beside(agent, message.call, until, now)
            self._file(agent, now)
        else:
            self._write_up_together(agent, until, now)

    # --- beside others

    def _write_up_beside(self, agent: AgentRecord, call: CallId, until: float, now: float) -> None:
        """The share stays taken meanwhile. Who writes up until ready does so after the last one."""
        if now < until < inf:
            agent.work[call] = agent.work[call]._replace(until=until)
            self._await_write_ups(agent)
        else:
            self._finish(agent, [call], now)

    def _await_write_ups(self, agent: AgentRecord) -> None:
        ends = (one.until for one in agent.work.values() if one.until is not None)
        self._deadlines.set(Due.WRITE_UP, agent.ident, min(ends, default=inf))

    def _end_write_ups(self, ident: str, now: float) -> None:
        agent = self._agents[ident]
        self._finish(agent, agent.written_up(now), now)
        self._file(agent, now)

    def _finish(self, agent: AgentRecord, calls: Iterable[CallId], now: float) -> None:
        """Done with these while others go on; `_file` or a move has to follow."""
        for call in calls:
            work = self._put_down(agent, call, now)
            self._out.append(m.Finished(agent.ident, call, work.queue, now - work.since))
        self._await_write_ups(agent)

    # --- the last one

    def _end_offer(self, offer: Offer, outcome: OfferOutcome, now: float) -> None:
        super()._end_offer(offer, outcome, now)
        self._wind_up(offer.agent, now)

    def _wind_up(self, agent: AgentRecord, now: float) -> None:
        """What was offered beside the last conversation may have outlived it, and be over."""
        if agent.state is not AgentState.ON_CALL or agent.offer is not None or agent.talking():
            self._file(agent, now)
        else:
            agent.about(next(iter(agent.work), agent.call))
            ends = (one.until for one in agent.work.values() if one.until is not None)
            self._deadlines.clear(Due.WRITE_UP, agent.ident)
            self._write_up_together(agent, max(ends, default=now), now)

    def _write_up_together(self, agent: AgentRecord, until: float, now: float) -> None:
        """Nobody is talked to any more: until then, or until the last that was begun is done."""
        if len(agent.work) > 1:
            until = max(until, *(one.until or until for one in agent.work.values()))
            self._finish(agent, [call for call in agent.work if call != agent.call], now)
            self._deadlines.clear(Due.WRITE_UP, agent.ident)
        later, agent.later = agent.later, None
        if later is not None:
            self._advance(agent, AFTER[later[0]], later[1], now)
        elif until > now or agent.owed:
            if until > now:
                self._wrap_up_until(agent, until)
            else:
                self._await_disposition(agent, now)
            self._advance(agent, Trigger.WRAP_UP, "conversation_ended", now)
        else:
            self._advance(agent, Trigger.FINISH, "conversation_ended", now)

    def _wrap_up_s(self, agent: AgentRecord, queue: QueueId) -> float:
        """The agent's own time, else the queue's; infinite: until the agent says ready."""
        if agent.wrap_up == "until_ready":
            return inf
        return self._queues[queue].wrap_up_s if agent.wrap_up is None else agent.wrap_up

    def _wrap_up_until(self, agent: AgentRecord, until: float) -> None:
        agent.wrap_up_until = until if isfinite(until) else None
        self._deadlines.set(Due.WRAP_UP, agent.ident, until)

    def _end_wrap_up(self, ident: str, now: float) -> None:
        agent = self._agents[ident]
        if not agent.owed:
            self._advance(agent, Trigger.FINISH, "wrap_up_over", now)
        elif agent.overdue:
            self._advance(agent, Trigger.PAUSE, NO_DISPOSITION, now)
        else:
            self._await_disposition(agent, now)

    # --- what became of it

    def _await_disposition(self, agent: AgentRecord, now: float) -> None:
        """The time to write up is over; not much longer, though, and the agent is paused."""
        agent.overdue = True
        limit_s = max(self._queues[queue].disposition_s_max for queue in agent.owed.values())
        self._wrap_up_until(agent, now + limit_s)

    def _on_dispose(self, message: m.Dispose, now: float) -> None:
        agent = self._agents[message.agent]
        if message.call in agent.work:
            agent.work[message.call] = agent.work[message.call]._replace(disposed=True)
        agent.owed.pop(message.call, None)
        if agent.overdue and not agent.owed:
            self._advance(agent, Trigger.FINISH, "disposition", now)

    def _on_extend_wrap_up(self, message: m.ExtendWrapUp) -> None:
        agent = self._agents[message.agent]
        if not 0 < message.seconds < inf:
            raise BadMessageError(f"agent {message.agent!r}: more time to write up is above 0 s")
        if agent.wrap_up_until is not None:
            self._wrap_up_until(agent, agent.wrap_up_until + message.seconds)
