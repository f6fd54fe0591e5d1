"""Rules of routing retold without the engine's code, over what was said and what came of it.

`NaiveEngine` doubts who is matched with whom; this doubts everything else: what ends an offer and
what that costs, whom a call spares, whose place is kept, who may be wanted, when things end.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from ivr.acd import messages as m
from ivr.acd.engine import Engine
from ivr.expression import parse_requirement
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.site import Miss, Queue, Site

ABSENT = (AgentState.LOGGED_OUT, AgentState.PAUSED)
RINGS = (AgentState.RESERVED, AgentState.RINGING)
GRACE_S = 2.0


@dataclass
class Standing:
    """A call in a queue."""

    entry: m.Enter
    queue: Queue
    """As it was on entering: the timeline stays."""
    priority: int
    skills: str
    wanted: str | None = None
    spared: set[str] = field(default_factory=set)

    def effective_start(self, step: int) -> float:
        points = self.priority + sum(one.priority for one in self.queue.relax[:step])
        return self.entry.entered_at - 60.0 * points


class RuleBook:
    """Told every message that was accepted, with the commands it led to."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.calls: dict[str, Standing] = {}
        self.kept: dict[tuple[str, str], tuple[float, float]] = {}
        self.held_until: float | None = None
        self.state = dict.fromkeys(site.agents, AgentState.LOGGED_OUT)
        self.device = dict.fromkeys(site.agents, (True, False))
        self.missed: Counter[str] = Counter()
        self.rest: dict[str, float] = {}
        self.wrap_up: dict[str, float] = {}
        self.offers: dict[str, tuple[m.Ring, float]] = {}
        self.rang: set[str] = set()
        self.talking_now: set[str] = set()
        """Calls answered by the message at hand."""
        self.talks: dict[str, str] = {}
        """Call -> queue, of everybody who was ever talked to."""
        self.with_whom: dict[str, str] = {}
        """Call -> agent, of everybody who is talked to."""
        self.said: set[tuple[str, str]] = set()
        """(agent, call): said in the talk what became of it."""
        self.owed: set[tuple[str, str]] = set()
        """(agent, call): to be said still."""
        self.moved_as_told: dict[str, tuple[AgentState, str]] = {}
        """Agent -> where the end of their offer must lead."""

    def tell(self, message: m.Input, said: list[m.Command], now: float) -> None:
        self._message(message, said, now)
        if self.held_until is not None and now >= self.held_until:
            self.held_until = None
        for agent, until in list(self.rest.items()):
            if until <= now:
                del self.rest[agent]
        for standing in self.calls.values():
            if standing.wanted is not None and standing.entry.wanted_until <= now:
                standing.wanted = None
        self.talking_now = {one.call for one in said if isinstance(one, m.Connect)}
        for command in said:
            self._command(command, message, now)
        assert not self.moved_as_told
        self._check_owed()

    # --- what was said

    def _message(self, message: m.Input, said: list[m.Command], now: float) -> None:
        match message:
            case m.Enter():
                self._enter(message, said, now)
            case m.Leave(outcome=QueueOutcome.ABANDONED):
                entry = self.calls[message.call].entry
                grace_s = self.site.queues[entry.queue].redial_grace_s
                if grace_s and entry.caller and not entry.callback:
                    self.kept[entry.queue, entry.caller] = (entry.entered_at, now + grace_s)
            case m.KeepPlace() if message.caller:
                self.kept[message.queue, message.caller] = (message.entered_at, message.until)
            case m.Reprioritise():
                self.calls[message.call].priority = message.priority
            case m.Hold():
                self.held_until = message.until
            case m.Release():
                self.held_until = None
            case m.LogIn() | m.Ready():
                self.missed[message.agent] = 0
                if isinstance(message, m.Ready):
                    self.rest.pop(message.agent, None)
            case m.DeviceChanged():
                if message.reachable and not self.device[message.agent][0]:
                    self.rest.pop(message.agent, None)
                self.device[message.agent] = (message.reachable, message.busy)
            case m.Resume():
                self.talks[message.call] = message.queue
                self._talk_begins(message.agent, message.call)
            case m.ConversationEnded():
                self._talk_ends(message)
            case m.Dispose():
                self.owed.discard((message.agent, message.call))
                if self.with_whom.get(message.call) == message.agent:
                    self.said.add((message.agent, message.call))
            case m.OfferRinging():
                self.rang.add(message.offer)
            case m.ExtendWrapUp() if message.agent in self.wrap_up:
                self.wrap_up[message.agent] += message.seconds
            case m.Reconfigure():
                self.site = message.site
                for one in self.calls.values():
                    if one.wanted and not self._suits(one.wanted, one):
                        one.wanted = None

    def _talk_begins(self, agent: str, call: str) -> None:
        self.with_whom[call] = agent
        self.said.discard((agent, call))

    def _talk_ends(self, message: m.ConversationEnded) -> None:
        own = (self.with_whom.pop(message.call), message.call)
        asks = self.site.queues[self.talks[message.call]].disposition_required
        if message.wrap_up and asks and own not in self.said:
            self.owed.add(own)

    def _check_owed(self) -> None:
        """Nobody is free, or gone, who owes something."""
        for agent, _ in self.owed:
            assert self.state[agent] in (AgentState.ON_CALL, AgentState.WRAP_UP)

    def _enter(self, entry: m.Enter, said: list[m.Command], now: float) -> None:
        queue = self.site.queues[entry.queue]
        others = [one.entry for one in self.calls.values() if one.entry.queue == entry.queue]
        is_new = not entry.callback and not entry.has_place
        full = is_new and sum(not one.callback for one in others) >= queue.length_max
        gone = {one.outcome for one in said if isinstance(one, m.Left) and one.call == entry.call}
        assert full == (QueueOutcome.OVERFLOW in gone)
        steps = [one for one in said if isinstance(one, m.Relaxed) and one.call == entry.call]
        skills = steps[-1].skills if steps else entry.skills
        standing = Standing(entry, queue, entry.priority, skills)
        wanted = entry.wanted
        if wanted in self.state and self.state[wanted] not in ABSENT and entry.wanted_until > now:
            standing.wanted = wanted if self._suits(wanted, standing) else None
        self.calls[entry.call] = standing
        if not full:
            self.kept.pop((entry.queue, entry.caller), None)

    def _suits(self, agent: str, standing: Standing) -> bool:
        """Whoever a call was sent to needs no skills, as long as it waits for nobody else."""
        return standing.entry.chosen or self._meets(agent, standing.skills)

    def _meets(self, agent: str, skills: str) -> bool:
        known = {**self.site.agents[agent].skills, "team_all": 10}
        requirement = parse_requirement(skills)
        return requirement.holds({name: known.get(name, 0) for name in requirement.names})

    # --- what came of it

    def _command(self, command: m.Command, message: m.Input, now: float) -> None:
        match command:
            case m.Ring():
                self._ring(command, now)
            case m.StopRinging():
                self._stop(command, message, now)
            case m.Connect():
                del self.offers[command.offer]
                self.talks[command.call] = command.queue
                self._talk_begins(command.agent, command.call)
                self.missed[command.agent] = 0
            case m.Undisposed():
                self.owed.remove((command.agent, command.call))
            case m.Left():
                self._left(command, message, now)
            case m.Reprioritised():
                assert command.priority == self.calls[command.call].priority
            case m.Relaxed():
                self.calls[command.call].skills = command.skills
            case m.AgentMoved():
                self._moved(command, message, now)

    def _ring(self, ring: m.Ring, now: float) -> None:
        standing = self.calls[ring.call]
        entry = standing.entry
        assert self.held_until is None, "rung while offers are held back"
        assert entry.not_before <= now < entry.expires_at
        assert standing.wanted in (None, ring.agent)
        is_sent = standing.wanted is not None and entry.chosen
        assert is_sent or self._meets(ring.agent, standing.skills)
        assert self.device[ring.agent] == (True, False)
        assert ring.agent not in self.rest
        assert ring.ring_timeout_s == self.site.queues[ring.queue].ring_timeout_s
        until = now + ring.ring_timeout_s + entry.lead_s + GRACE_S
        self.offers[ring.offer] = (ring, until)

    def _stop(self, stop: m.StopRinging, message: m.Input, now: float) -> None:
        ring, until = self.offers.pop(stop.offer)
        assert stop.outcome is self._outcome(ring, until, message, now)
        agent, outcome = ring.agent, stop.outcome
        if outcome is OfferOutcome.CANCELLED:
            if getattr(message, "agent", None) != agent and self.state[agent] in RINGS:
                self.moved_as_told[agent] = (AgentState.AVAILABLE, "cancelled")
            return
        self.calls[ring.call].spared.add(agent)
        miss, reason = self._miss(ring.queue, outcome)
        counts = outcome in (OfferOutcome.NO_ANSWER, OfferOutcome.REJECTED)
        self.missed[agent] += counts
        most = self.site.queues[ring.queue].misses.consecutive_max
        if counts and not miss.pause and 0 < most <= self.missed[agent]:
            miss, reason = Miss(pause=True), "rona"
        if self.state[agent] in RINGS:
            after = (AgentState.PAUSED, reason) if miss.pause else None
            self.moved_as_told[agent] = after or (AgentState.AVAILABLE, outcome.value)
        if miss.rest_s and not miss.pause:
            self.rest[agent] = now + miss.rest_s

    def _outcome(self, ring: m.Ring, until: float, message: m.Input, now: float) -> OfferOutcome:
        """The message comes first, then what is due, in the order of its time."""
        if isinstance(message, m.OfferEnded) and message.offer == ring.offer:
            return message.outcome
        if getattr(message, "agent", None) == ring.agent:
            if isinstance(message, m.LogOut | m.Pause):
                return OfferOutcome.CANCELLED
            if isinstance(message, m.DeviceChanged) and not message.reachable:
                return OfferOutcome.FAILED
        if getattr(message, "call", None) == ring.call or ring.call in self.talking_now:
            return OfferOutcome.CANCELLED
        standing = self.calls[ring.call]
        if until <= now and until < standing.entry.expires_at:
            # A phone that never rang failed; who is at work beside is there.
            rang = ring.offer in self.rang or self.state[ring.agent] is AgentState.ON_CALL
            return OfferOutcome.NO_ANSWER if rang else OfferOutcome.FAILED
        return OfferOutcome.CANCELLED

    def _miss(self, queue: str, outcome: OfferOutcome) -> tuple[Miss, str]:
        misses = self.site.queues[queue].misses
        return {
            OfferOutcome.NO_ANSWER: (misses.no_answer, "rona"),
            OfferOutcome.REJECTED: (misses.rejected, "rejected"),
            OfferOutcome.BUSY: (misses.busy, "busy"),
            OfferOutcome.FAILED: (misses.unreachable, "unreachable"),
        }[outcome]

    def _left(self, left: m.Left, message: m.Input, now: float) -> None:
        entry = self.calls.pop(left.call).entry
        if left.outcome not in (QueueOutcome.OVERFLOW, QueueOutcome.EMPTY):
            assert left.wait_s == max(0.0, now - entry.entered_at)
            assert left.callback == entry.callback
        if isinstance(message, m.Leave) and message.call == left.call:
            assert left.outcome is message.outcome
        if left.outcome is QueueOutcome.TIMEOUT and not isinstance(message, m.Leave):
            assert now >= entry.expires_at

    def _moved(self, moved: m.AgentMoved, message: m.Input, now: float) -> None:
        agent, after = moved.agent, moved.after
        told = self.moved_as_told.pop(agent, None)
        assert told in (None, (after, moved.reason))
        self.state[agent] = after
        if after is AgentState.AVAILABLE:
            assert not [call for one, call in self.owed if one == agent], "free, and owes a word"
        else:
            self.rest.pop(agent, None)
        if after is AgentState.ON_CALL:
            self.missed[agent] = 0
        if moved.reason == "wrap_up_over":
            assert now >= self.wrap_up.get(agent, now)
        self.wrap_up.pop(agent, None)
        if isinstance(message, m.ResumeWrapUp) and after is AgentState.WRAP_UP:
            self.wrap_up[agent] = message.until
        if after is AgentState.WRAP_UP and isinstance(message, m.ConversationEnded):
            self._writes_up(moved, now)
        if after in ABSENT:
            for standing in self.calls.values():
                if standing.wanted == agent:
                    standing.wanted = None

    def _writes_up(self, moved: m.AgentMoved, now: float) -> None:
        queue = self.talks[moved.call or ""]
        own = self.site.agents[moved.agent].wrap_up
        seconds = self.site.queues[queue].wrap_up_s if own is None else own
        if seconds != "until_ready" and self.site.queues[queue].channel == "voice":
            self.wrap_up[moved.agent] = now + seconds

    # --- what has to hold now

    def check(self, engine: Engine, now: float) -> None:
        assert engine.held == (self.held_until is not None)
        views = {view.call: view for view in engine.calls()}
        assert views.keys() == self.calls.keys()
        for call, standing in self.calls.items():
            view = views[call]
            assert view.priority == standing.priority
            assert view.effective_start == pytest.approx(standing.effective_start(view.step))
            assert view.spared == standing.spared
            assert view.wanted == standing.wanted
            assert now < standing.entry.expires_at
        for queue in self.site.queues:
            for caller in ("", "100", "200"):
                entered_at, until = self.kept.get((queue, caller), (0.0, 0.0))
                kept = entered_at if now < until else None
                assert engine.kept_place(queue, caller, now) == kept
        for agent in engine.agents():
            assert agent.rest_until == self.rest.get(agent.agent)
            assert agent.state is self.state[agent.agent]
            owes = any(one == agent.agent for one, _ in self.owed)
            assert agent.owes_disposition == owes
            assert owes or now < self.wrap_up.get(agent.agent, now + 1)
