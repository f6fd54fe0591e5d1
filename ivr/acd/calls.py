"""The waiting calls: one line per requirement, queue, wanted agent and kind of call, each in order
of effective start."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import inf
from operator import itemgetter

from ivr.acd.agents import AgentRecord
from ivr.acd.capacity import WHOLE
from ivr.acd.consequences import PRIORITY_WEIGHT_S
from ivr.acd.errors import UnknownCallError
from ivr.acd.messages import Enter
from ivr.acd.order import Key, Order, Shelves
from ivr.acd.relaxation import Stage
from ivr.acd.requirement import Profile, Requirement
from ivr.model.ids import AgentId, CallId, OfferId, QueueId

LineKey = tuple[str, QueueId, AgentId | None, bool, bool]
"""Requirement, queue, wanted agent, chosen or not, call-back or not: who agrees in these stands in
one line."""


class Line:
    """Calls that are the same to every agent, but for their place; nobody in it overtakes."""

    __slots__ = (
        "callback",
        "calls",
        "chosen",
        "labels",
        "queue",
        "requirement",
        "share",
        "shut",
        "wanted",
    )

    def __init__(self, call: "CallRecord", share: int, *, shut: bool) -> None:
        self.requirement = call.requirement
        self.queue = call.queue
        self.share = share
        """What each of its calls takes of an agent."""
        self.wanted = call.wanted
        self.chosen = call.chosen
        self.callback = call.callback
        self.labels = (personal(call.wanted),) if call.wanted else call.requirement.labels
        """Where agents look for it."""
        self.shut = shut
        """Nobody may look at it."""
        self.calls: Order[CallRecord] = Order()

    def is_for(self, profile: Profile, head: Key, now: float) -> bool:
        """Whether agents of this profile may serve its first call by now. A wanted agent need not
        wait until a queue's calls come to them."""
        if not self.chosen and not self.requirement.accepts(profile):
            return False
        return self.wanted is not None or profile.is_due(self.queue, head[0], now)


class CallRecord:
    """One call in a queue, whether it just waits or rings somebody."""

    __slots__ = (
        "callback",
        "caller",
        "chosen",
        "entered_at",
        "expires_at",
        "ident",
        "in_line",
        "joined_at",
        "key",
        "lead_s",
        "not_before",
        "number",
        "offers",
        "priority",
        "queue",
        "spared",
        "stages",
        "step",
        "steps_told",
        "wanted",
    )

    def __init__(self, message: Enter, stages: tuple[Stage, ...], number: int) -> None:
        self.ident: CallId = message.call
        self.queue: QueueId = message.queue
        self.stages = stages
        self.step = 0
        """Relaxation steps in force."""
        self.steps_told = message.steps_told
        self.priority = message.priority
        self.entered_at = message.entered_at
        self.joined_at = message.entered_at if message.joined_at is None else message.joined_at
        self.expires_at = message.expires_at
        self.caller = message.caller
        self.wanted = message.wanted
        """Only this agent, for now."""
        self.chosen = message.chosen and message.wanted is not None
        """Whatever skills the wanted agent has."""
        self.callback = message.callback
        self.not_before = message.not_before
        self.lead_s = message.lead_s
        self.number = number
        self.key: Key = (0.0, number)
        """Effective start, then order of entry."""
        self.weigh()
        self.offers: dict[OfferId, None] = {}
        """Those under way, the first made first."""
        self.in_line = False
        """Whether it waits for an offer; not while it rings, before its time, nor once gone."""
        self.spared: set[AgentId] = set()
        """Agents this call rang in vain: rung again only when nobody else is free."""

    @property
    def requirement(self) -> Requirement:
        """What it asks for by now."""
        return self.stages[self.step].requirement

    @property
    def offer(self) -> OfferId | None:
        """The first offer under way, if any."""
        return next(iter(self.offers), None)

    def weigh(self) -> None:
        """Puts the effective start where priority and relaxation want it."""
        points = self.priority + self.stages[self.step].priority
        self.key = (self.entered_at - points * PRIORITY_WEIGHT_S, self.number)

    def line_key(self) -> LineKey:
        return self.requirement.text, self.queue, self.wanted, self.chosen, self.callback

    def suits(self, agent: AgentRecord) -> bool:
        """Whether this agent has what the call asks for by now."""
        if self.chosen and self.wanted == agent.ident:
            return True
        return self.requirement.accepts(agent.group.profile)

    def open_field(self) -> None:
        """No agent is wanted any more."""
        self.wanted, self.chosen = None, False


def personal(agent: AgentId) -> str:
    """The shelf of calls that want this very agent; no skill is named like that."""
    return f"@{agent}"


_FIRST_KEY = itemgetter(0)
LAST: Key = (inf,)
"""Nobody comes after this."""


class Calls:
    """Every call in a queue. Those that ring somebody are in no line until they come back."""

    def __init__(self, shares: Mapping[str, int]) -> None:
        """With the share of an agent that each queue's calls take."""
        self._shares = shares
        self._by_id: dict[str, CallRecord] = {}
        self._lines: dict[LineKey, Line] = {}
        self._shelves: Shelves[Line] = Shelves()
        self._in_queue: Counter[str] = Counter()
        self._callbacks: Counter[str] = Counter()
        self._shut: set[str] = set()
        self._kept: dict[str, dict[AgentId, AgentRecord]] = {}
        """Call in line -> agents who were given nothing that came later, on its behalf."""
        self._let_go: list[AgentRecord] = []

    def __contains__(self, ident: str) -> bool:
        return ident in self._by_id

    def __iter__(self) -> Iterator[CallRecord]:
        return iter(self._by_id.values())

    def __getitem__(self, ident: str) -> CallRecord:
        try:
            return self._by_id[ident]
        except KeyError:
            raise UnknownCallError(f"call {ident!r} waits in no queue") from None

    def count(self, queue: str) -> int:
        """Calls in this queue, ringing ones and call-backs included."""
        return self._in_queue[queue]

    def on_the_line(self, queue: str) -> int:
        """Calls in this queue with a caller who holds the line: all but the call-backs."""
        return self._in_queue[queue] - self._callbacks[queue]

    def lines(self) -> list[Line]:
        """Every line somebody stands in, in the order in which they came to be."""
        return list(self._lines.values())

    def add(self, call: CallRecord) -> None:
        """The call is in its queue; `line_up` has to follow when its time has come."""
        self._by_id[call.ident] = call
        self._in_queue[call.queue] += 1
        self._callbacks[call.queue] += call.callback

    def remove(self, call: CallRecord) -> None:
        """The call is out of its queue."""
        del self._by_id[call.ident]
        self._in_queue[call.queue] -= 1
        self._callbacks[call.queue] -= call.callback
        if call.in_line:
            self.take_out(call)

    def line_up(self, call: CallRecord) -> None:
        """Puts the call (back) in its place."""
        call.in_line = True
        line = self._lines.get(call.line_key())
        if line is None:
            shut = call.callback and call.queue in self._shut
            line = Line(call, self._shares[call.queue], shut=shut)
            self._lines[call.line_key()] = line
        before = line.calls.head
        line.calls.add(call.key, call)
        self._show(line, before)

    def take_out(self, call: CallRecord) -> None:
        """The call rings somebody, or is gone."""
        call.in_line = False
        self._let_go.extend(self._kept.pop(call.ident, {}).values())
        line = self._lines[call.line_key()]
        before = line.calls.head
        line.calls.remove(call.key)
        self._show(line, before)
        if not len(line.calls):
            del self._lines[call.line_key()]

    def _show(self, line: Line, before: Key | None) -> None:
        if not line.shut:
            self._shelves.place(line, line.labels, before, line.calls.head)

    @contextmanager
    def moving(self, call: CallRecord) -> Iterator[None]:
        """Whatever decides about the call's place may change inside."""
        in_line = call.in_line
        if in_line:
            self.take_out(call)
        try:
            yield
        finally:
            if in_line:
                self.line_up(call)

    def reshare(self) -> None:
        """The shares may have changed."""
        for line in self._lines.values():
            line.share = self._shares[line.queue]

    # --- call-backs: their lines are shut while as many as allowed are under way

    def is_open(self, call: CallRecord) -> bool:
        """Whether the call may be offered to somebody."""
        return call.in_line and not (call.callback and call.queue in self._shut)

    def shut(self, queue: str) -> None:
        """Nobody finds the queue's call-backs any more."""
        if queue not in self._shut:
            self._shut.add(queue)
            for ident in [one for one in self._kept if self._is_callback(one, queue)]:
                self._let_go.extend(self._kept.pop(ident).values())
            for line in self._callback_lines(queue):
                self._shelves.place(line, line.labels, line.calls.head, None)
                line.shut = True

    def open(self, queue: str) -> list[CallRecord]:
        """The queue's call-backs can be found again; gives the first of each line."""
        self._shut.discard(queue)
        lines = self._callback_lines(queue)
        for line in lines:
            if line.shut:
                line.shut = False
                self._shelves.place(line, line.labels, None, line.calls.head)
        return [line.calls.first() for line in lines]

    def _is_callback(self, ident: str, queue: str) -> bool:
        call = self._by_id[ident]
        return call.callback and call.queue == queue

    def _callback_lines(self, queue: str) -> list[Line]:
        return [line for line in self._lines.values() if line.callback and line.queue == queue]

    def next_like(self, call: CallRecord) -> CallRecord | None:
        """The first in the line from which this call was taken."""
        line = self._lines.get(call.line_key())
        return line.calls.first() if line is not None else None

    # --- the question of a free agent

    def first_for(self, agent: AgentRecord, now: float, *, terms: bool) -> CallRecord | None:
        """The first call in line, over all queues, that this agent may serve and has room for now;
        nothing that comes after one for which the agent is kept.

        With `terms`, a queue's calls count as older by the priority the agent gives that queue.
        """
        ahead = self.ahead_of(agent, LAST, now)
        limit = LAST if ahead is None else agent.group.profile.own_key(ahead.queue, ahead.key)
        return self._first(agent, limit, now, fits=True, terms=terms)

    def ahead_of(self, agent: AgentRecord, limit: Key, now: float) -> CallRecord | None:
        """The first call in line, by the agent's own terms, that they may serve and that needs
        more of them than is left; None when it does not come before the limit."""
        if agent.filed == WHOLE:
            return None
        return self._first(agent, limit, now, fits=False, terms=True)

    def _first(
        self, agent: AgentRecord, limit: Key, now: float, *, fits: bool, terms: bool
    ) -> CallRecord | None:
        """The first call that fits the room that is left, or does not; by the agent's own terms it
        comes before the limit, whether or not these decide which is the first."""
        profile = agent.group.profile
        reach_s = profile.reach_s if terms else 0.0
        best: CallRecord | None = None
        bound = limit if terms else LAST
        for head, shelf in self._shelves_of(agent):
            if bound is not LAST and (head[0] - reach_s, head[1]) >= bound:
                break
            for key, line in shelf.entries():
                if bound is not LAST and (key[0] - reach_s, key[1]) >= bound:
                    break
                if (line.share <= agent.filed) is not fits or not line.is_for(profile, key, now):
                    continue
                own_key = profile.own_key(line.queue, key)
                if own_key < limit and (rank := own_key if terms else key) < bound:
                    best, bound = line.calls.first(), rank
        return best

    def _shelves_of(self, agent: AgentRecord) -> list[tuple[Key, Order[Line]]]:
        """Where the agent's calls are, by the first call of each shelf."""
        labels = (*agent.group.profile.labels, personal(agent.ident))
        shelves = filter(None, map(self._shelves.shelf, labels))
        return sorted(((shelf.first_key, shelf) for shelf in shelves), key=_FIRST_KEY)

    # --- agents with room for a later call, kept for one that needs more of them

    def keep(self, agent: AgentRecord, call: CallRecord) -> None:
        """The agent has been given nothing for the sake of this call, which is ahead."""
        self._kept.setdefault(call.ident, {})[agent.ident] = agent

    def let_go(self) -> list[AgentRecord]:
        """Agents kept for a call that stands in line no more, or not where it stood."""
        gone, self._let_go = self._let_go, []
        return gone
