"""Another site takes the place of the one in force, while calls wait, ring and talk."""

from ivr.acd import messages as m
from ivr.acd.calls import CallRecord
from ivr.acd.capacity import shares
from ivr.acd.matching import Matching
from ivr.acd.queueing import delays
from ivr.acd.strategies import make_strategies
from ivr.acd.table import Trigger
from ivr.model.agents import AgentState

LEFT = (Trigger.LOG_OUT, "left the site")


class Reconfiguring(Matching):
    """Nobody who waits is touched; what may serve them now is looked at afresh."""

    def _on_reconfigure(self, message: m.Reconfigure, now: float) -> None:
        site = message.site
        self._present = set(site.queues)
        retired = {name: queue for name, queue in self._queues.items() if name not in site.queues}
        self._queues.clear()
        self._queues.update({**site.queues, **retired})
        self._shares.update(shares(site))
        self._calls.reshare()
        used = [queue.strategy for queue in self._queues.values()]
        self._strategies = make_strategies(used, self._seed)
        self._agents.refile(site.agents, self._rankings())
        self._staffing.refiled()
        self._timeline.cache_clear()
        self._tries.cache_clear()
        self._delays = delays(site)
        self._send_home(set(site.agents), now)
        self._look_afresh(now)

    def _send_home(self, named: set[str], now: float) -> None:
        """Who is named again before the talk is over stays."""
        for agent in list(self._agents):
            if agent.ident in named:
                if agent.later == LEFT:
                    agent.later = None
                    self._file(agent, now)
            elif agent.state is not AgentState.LOGGED_OUT:
                self._wish(agent.ident, *LEFT, now)

    def _look_afresh(self, now: float) -> None:
        """Every free agent takes part in the next match, and every call."""
        for queue in self._queues:
            if self._callbacks.is_full(queue):
                self._calls.shut(queue)
            else:
                self._calls.open(queue)
        for call in list(self._calls):
            self._void_want(call)
            if self._next_step_at(call) is not None:
                self._relax(call, now)
            self._await_delay(call, now)
        self._freed = [agent for agent in self._agents if agent.filed]

    def _void_want(self, call: CallRecord) -> None:
        """Who may not serve any more is waited for no longer."""
        if call.wanted is None:
            return
        agent = self._agents.get(call.wanted)
        if agent is None or not call.suits(agent):
            self._end_want(call.ident)
