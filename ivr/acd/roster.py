"""Agents move: the one place where an agent's state changes."""

from ivr.acd import messages as m
from ivr.acd.agents import AgentRecord
from ivr.acd.calls import CallRecord
from ivr.acd.capacity import Work
from ivr.acd.deadlines import Deadlines, Due
from ivr.acd.state import State
from ivr.acd.table import Trigger, step
from ivr.model.agents import AgentState
from ivr.model.ids import CallId, QueueId
from ivr.model.site import Site

STATES_WITHOUT_CALL = frozenset({AgentState.AVAILABLE, AgentState.PAUSED, AgentState.LOGGED_OUT})


class Roster(State):
    """Moves agents and files them among the free; collects the commands of one message."""

    def __init__(self, site: Site, seed: int) -> None:
        super().__init__(site, seed)
        self._deadlines = Deadlines()
        self._out: list[m.Command] = []
        self._freed: list[AgentRecord] = []
        """Newly free: they take part in the match that follows."""
        self._returned: list[CallRecord] = []
        """New in line, or back in it."""

    def _advance(self, agent: AgentRecord, trigger: Trigger, reason: str, now: float) -> None:
        """A move that follows from what happened; the table decides where to."""
        to = step(agent.ident, agent.state, trigger)
        if isinstance(to, AgentState):
            self._move(agent, to, reason, now)
        else:
            self._file(agent, now)

    def _take_up(
        self, agent: AgentRecord, call: CallId, queue: QueueId, share: int, since: float
    ) -> None:
        """The agent has this call at hand; `_advance` has to follow."""
        if call in agent.work:  # is back while it was still written up
            self._put_down(agent, call, since)
        agent.work[call] = Work(queue, share, since)
        agent.taken += share
        agent.missed = 0
        if agent.call != call and agent.talking() == [call]:
            agent.about(call)

    def _put_down(self, agent: AgentRecord, call: CallId, now: float) -> Work:
        """Done with it, writing it up included; `_file` or a move has to follow."""
        work = agent.work.pop(call)
        agent.taken -= work.share
        self.handling.learn(work.queue, now - work.since)
        return work

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
            agent.wrap_up_until = None
            agent.overdue = False
            self._deadlines.clear(Due.WRAP_UP, agent.ident)
        if state is not AgentState.AVAILABLE:
            agent.rest_until = None
            self._deadlines.clear(Due.REST, agent.ident)
        seconds = 0.0 if since is None else now - since
        until = agent.wrap_up_until
        self._out.append(
            m.AgentMoved(agent.ident, before, state, reason, seconds, agent.call, until)
        )
        if state in STATES_WITHOUT_CALL:
            agent.call = agent.queue = None
            for call in list(agent.work):
                self._put_down(agent, call, now)
            owed, agent.owed = agent.owed, {}
            self._out += [m.Undisposed(agent.ident, call, queue) for call, queue in owed.items()]
        self._file(agent, now, keep_place=keep_place)

    def _file(self, agent: AgentRecord, now: float, *, keep_place: bool = False) -> None:
        if self._agents.settle(agent, now, keep_place=keep_place):
            self._freed.append(agent)

    def _end_rest(self, ident: str, now: float) -> None:
        agent = self._agents[ident]
        agent.rest_until = None
        self._deadlines.clear(Due.REST, ident)
        self._file(agent, now)
