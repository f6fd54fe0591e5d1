"""The match: free agents and waiting calls are joined until no two of them fit."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from heapq import heappop, heappush
from math import isnan
from operator import itemgetter

from ivr.acd import messages as m
from ivr.acd.agents import AgentRecord
from ivr.acd.ask import Ask, Asked
from ivr.acd.calls import LAST, CallRecord
from ivr.acd.capacity import WHOLE
from ivr.acd.deadlines import Due
from ivr.acd.errors import BadMessageError
from ivr.acd.order import Key
from ivr.acd.preference import make_tries
from ivr.acd.queueing import Queueing
from ivr.acd.requirement import KEPT_MAX, Requirement
from ivr.acd.views import Candidate, rank_of
from ivr.model.ids import AgentId, QueueId
from ivr.model.site import Site

NOBODY: frozenset[AgentId] = frozenset()

Turns = list[tuple[Key, int, CallRecord, AgentRecord | None]]
"""Heap of calls to match next, first in line first; a serial number; and the free agent on whose
behalf the call was looked up, unless it came by itself."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An agent for a call, and why."""

    agent: AgentRecord
    why: str


@dataclass(frozen=True, slots=True)
class Barred:
    """Agents a call spares, and those kept for another: found out when asked."""

    spared: Container[AgentId]
    is_kept: Callable[[str], bool]

    def __contains__(self, agent: object) -> bool:
        return agent in self.spared or (isinstance(agent, str) and self.is_kept(agent))


class Matching(Queueing):
    """The first call in line that somebody free may serve chooses its agent by its queue's
    strategy; the agent takes what comes first by the agent's own terms: mostly that very call."""

    def __init__(self, site: Site, offer_prefix: str, seed: int) -> None:
        super().__init__(site, offer_prefix, seed)
        self._tries = lru_cache(maxsize=KEPT_MAX)(self._make_tries)
        self._turns = 0

    # --- held back after a restart

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
            self._freed = [agent for agent in self._agents if agent.filed]

    # --- the match

    def _match(self, now: float) -> None:
        """Joins calls and agents, then lets calls of `ring_several` queues ring more of those who
        are still free."""
        freed, self._freed = self._freed + self._calls.let_go(), []
        returned, self._returned = self._returned, []
        if not self._held:
            for call in self._join(freed, returned, now):
                self._ring_several(call, now)

    def _join(
        self, freed: list[AgentRecord], returned: list[CallRecord], now: float
    ) -> list[CallRecord]:
        """Joins until no free agent could serve a waiting call; gives the calls that ring now.

        That held before this message, so a new pair has a call that came (back) or an agent who
        became free, or was kept for a call that is served now: only those are looked at. Among
        them the first in line goes first.
        """
        turns: Turns = []
        joined: list[CallRecord] = []
        for agent in freed:
            self._take_turn(turns, agent, now)
        for call in returned:
            self._turn(turns, call, None)
        while turns:
            _, _, call, on_behalf = heappop(turns)
            choice = self._choose(call, now) if self._calls.is_open(call) else None
            if choice is not None:
                served = self._serve(call, choice, now)
                joined.append(served)
                after = self._calls.next_like(served) if served.callback else None
                for waiting in (call, after):
                    if waiting is not None and waiting.in_line:
                        self._turn(turns, waiting, None)
                for agent in self._calls.let_go():
                    self._take_turn(turns, agent, now)
            if on_behalf is not None:
                self._take_turn(turns, on_behalf, now)
        return joined

    def _take_turn(self, turns: Turns, agent: AgentRecord, now: float) -> None:
        if agent.filed:
            call = self._calls.first_for(agent, now, terms=False)
            if call is not None:
                self._turn(turns, call, agent)
            elif (ahead := self._calls.ahead_of(agent, LAST, now)) is not None:
                self._calls.keep(agent, ahead)

    def _turn(self, turns: Turns, call: CallRecord, agent: AgentRecord | None) -> None:
        self._turns += 1
        heappush(turns, (call.key, self._turns, call, agent))

    def _serve(self, call: CallRecord, choice: Choice, now: float) -> CallRecord:
        """The chosen agent is offered this call, or the one that comes first by their own terms."""
        first = call
        if choice.agent.group.profile.terms:
            first = self._calls.first_for(choice.agent, now, terms=True) or call
        if first is not call:
            choice = replace(choice, why="the queue comes first for this agent")
        self._calls.take_out(first)
        self._offer_to(first, choice.agent, choice.why, now)
        return first

    def _ring_several(self, call: CallRecord, now: float) -> None:
        """Rings more of those still free, up to the queue's number. Who wants one rings one."""
        while call.wanted is None and len(call.offers) < self._queues[call.queue].ring_several:
            choice = self._choose(call, now)
            if choice is None:
                return
            self._offer_to(call, choice.agent, f"one of several, {choice.why}", now)

    # --- who

    def _choose(self, call: CallRecord, now: float) -> Choice | None:
        """The best free agent; somebody this call rang in vain only when nobody else is free."""
        share = self._shares[call.queue]
        if call.wanted is not None:
            wanted = self._agents[call.wanted]
            fits = wanted.filed >= share and not self._is_kept(wanted, call, now)
            why = "the call was sent to this agent" if call.chosen else "wanted by the caller"
            return Choice(wanted, why) if fits else None
        ask = Ask(call.requirement, call.queue, share, call.key[0], now)
        tries = self._tries(call.queue, call.requirement)
        choice = self._prefer(tries, ask._replace(barred=self._barred(call, call.spared, now)))
        if choice is None and call.spared:
            choice = self._prefer(tries, ask._replace(barred=self._barred(call, NOBODY, now)))
        return choice

    def _barred(
        self, call: CallRecord, spared: Container[AgentId], now: float
    ) -> Container[AgentId]:
        """Who is free and may not have this call all the same."""
        if self._shares[call.queue] == WHOLE:  # whoever has room for it has room for any other
            return spared
        return Barred(spared, lambda agent: self._is_kept(self._agents[agent], call, now))

    def _is_kept(self, agent: AgentRecord, call: CallRecord, now: float) -> bool:
        """Whether somebody ahead of this call, in the agent's eyes, needs more of them than is
        left: else what takes little of an agent would keep them from what takes much for ever."""
        own_key = agent.group.profile.own_key(call.queue, call.key)
        ahead = self._calls.ahead_of(agent, own_key, now)
        if ahead is not None:
            self._calls.keep(agent, ahead)
        return ahead is not None

    def _prefer(self, tries: Sequence[Asked], ask: Ask) -> Choice | None:
        """The strategy's best among those who satisfy the most important preferences."""
        strategy = self._strategies[self._queues[ask.queue].strategy]
        for rank, requirement in enumerate(tries, start=1):
            agent = strategy.choose(self._agents, ask._replace(requirement=requirement))
            if agent is not None:
                why = strategy.reason(agent, requirement, ask.now)
                ranked = f", preference {rank} of {len(tries)}" if len(tries) > 1 else ""
                return Choice(agent, why + ranked)
        return None

    def _make_tries(self, queue: QueueId, requirement: Requirement) -> tuple[Asked, ...]:
        return make_tries(requirement, self._queues[queue].prefer, self._requirements)

    # --- explained

    def explain(self, call: str) -> list[Candidate]:
        """Every agent as seen from this waiting call, in the order in which they could be rung:
        by the preferences they satisfy, then as the queue's strategy compares them. After them
        those who could not be."""
        waiting = self._calls[call]
        prefer = [self._requirements.get(text) for text in self._queues[waiting.queue].prefer]
        seen = [self._candidate(agent, waiting, prefer) for agent in self._agents]
        return [candidate for _, candidate in sorted(seen, key=itemgetter(0))]

    def _candidate(
        self, agent: AgentRecord, call: CallRecord, prefer: Sequence[Requirement]
    ) -> tuple[tuple[object, ...], Candidate]:
        """The agent, and where to list them."""
        excluded = self._exclusion(agent, call)
        rank = rank_of([one.accepts(agent.group.profile) for one in prefer])
        strategy = self._strategies[self._queues[call.queue].strategy]
        key: tuple[float, ...] = ()
        value = ""
        if strategy.ranking.name in agent.places and agent.filed:
            asked = self._tries(call.queue, call.requirement)[rank - 1]
            key, value = strategy.key(agent, asked), strategy.compared(agent, asked, self._now)
        idle_s = self._now - agent.idle_since if agent.filed == WHOLE else None
        is_wanted = agent.ident == call.wanted
        place = (excluded != "", not value, rank, key, agent.number)
        return place, Candidate(agent.ident, excluded, rank, is_wanted, idle_s, value)
