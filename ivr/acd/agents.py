"""The agents, and who of them can be offered a call right now, in the orders strategies need."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Literal, Protocol

from ivr.acd.capacity import WHOLE, Work
from ivr.acd.cover import LEVEL_MAX, Need
from ivr.acd.errors import UnknownAgentError
from ivr.acd.messages import PlanPause
from ivr.acd.order import EVERYBODY, Key, Order, Shelves
from ivr.acd.requirement import MEMBER, TEAM_PREFIX, Profile, Requirement
from ivr.acd.table import Trigger
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from ivr.model.site import Agent as SiteAgent

OCCUPIED = frozenset(
    {AgentState.RESERVED, AgentState.RINGING, AgentState.ON_CALL, AgentState.WRAP_UP}
)


Stand = tuple[str, int]
"""A ranking, and the room that is needed to stand in it."""


class Group:
    """Agents with the same profile."""

    __slots__ = ("free", "labels", "present", "profile", "states", "total")

    def __init__(self, profile: Profile, stands: Iterable[Stand]) -> None:
        self.profile = profile
        self.free: dict[Stand, Order[AgentRecord]] = {stand: Order() for stand in stands}
        """Those who can be offered something now."""
        self.states: Counter[AgentState] = Counter()
        self.present = 0
        """How many are logged in, in whatever state."""
        self.labels: tuple[Hashable, ...] = (EVERYBODY, *profile.skills.items())
        """Where the group stands: with everybody, and under each skill at its level."""
        own = profile.skills.items()
        self.total = sum(level for name, level in own if not name.startswith(TEAM_PREFIX))
        """Of all proficiencies."""

    def count(self, state: AgentState, more: int) -> None:
        self.states[state] += more
        if state is not AgentState.LOGGED_OUT:
            self.present += more


class AgentRecord:
    """Everything the core knows about one agent."""

    __slots__ = (
        "busy",
        "call",
        "counted_s",
        "counted_since",
        "filed",
        "group",
        "ident",
        "idle_since",
        "later",
        "missed",
        "number",
        "occupied_s",
        "offer",
        "on_break",
        "on_site",
        "overdue",
        "owed",
        "places",
        "plan",
        "queue",
        "reachable",
        "reason",
        "rest_until",
        "serial",
        "since",
        "state",
        "taken",
        "weight",
        "work",
        "wrap_up",
        "wrap_up_until",
    )

    on_site: bool
    """Whether the site in force names the agent; who has left it stays until logged out."""
    number: int
    """Place in the site file: decides between two who became free in the same instant."""
    group: Group
    weight: float
    wrap_up: float | Literal["until_ready"] | None
    """As in the site file."""

    def __init__(self, ident: AgentId) -> None:
        """Not filed yet."""
        self.ident = ident
        self.state = AgentState.LOGGED_OUT
        self.reason = ""
        self.since: float | None = None
        """When the state began; None before the first log-in."""
        self.reachable = True
        self.busy = False
        self.rest_until: float | None = None
        self.wrap_up_until: float | None = None
        """When a timed wrap-up ends by itself."""
        self.owed: dict[CallId, QueueId] = {}
        """Talks that are over, and wait for the agent to say what became of them."""
        self.overdue = False
        """The time to write up is over, and something is owed still."""
        self.idle_since = 0.0
        self.serial = 0
        """Of the last offer; 0: none yet."""
        self.missed = 0
        """Offers not answered or rejected in a row."""
        self.occupied_s = self.counted_s = self.counted_since = 0.0
        """Of today, up to the last change of state: seconds rung, talking or writing up; seconds
        logged in; and when that change was."""
        self.filed = 0
        """The room with which the agent stands among the free; 0: nothing may be offered."""
        self.places: dict[str, Key] = {}
        """Where the agent stands among them, by ranking."""
        self.offer: OfferId | None = None
        self.work: dict[CallId, Work] = {}
        """Everything at hand, whether it talks or is written up."""
        self.taken = 0
        """What that takes of the agent, out of `WHOLE`."""
        self.call: CallId | None = None
        """What the state is about: rung, talked to (the first of several) or written up."""
        self.queue: QueueId | None = None
        self.later: tuple[Trigger, str] | None = None
        """What takes effect after the conversation, with the pause's reason."""
        self.plan: PlanPause | None = None
        """The break to come."""
        self.on_break: PlanPause | None = None
        """The break under way, or due after the conversation; None once the agent did otherwise."""

    @property
    def room(self) -> int:
        """How much of the agent may be offered something now, out of `WHOLE`."""
        if self.busy or not self.reachable or self.offer or self.rest_until is not None:
            return 0
        if self.state is AgentState.AVAILABLE:
            return WHOLE
        if self.state is AgentState.ON_CALL and self.later is None:
            return WHOLE - self.taken
        return 0

    def talking(self) -> list[CallId]:
        """With whom the agent is in conversation."""
        return [call for call, one in self.work.items() if one.until is None]

    def about(self, call: CallId | None) -> None:
        """The state is about this one from now on."""
        if call is not None and call in self.work:
            self.call, self.queue = call, self.work[call].queue

    def written_up(self, by: float) -> list[CallId]:
        """What is written up beside other work and will be done by then."""
        return [call for call, one in self.work.items() if one.until and one.until <= by]

    def count(self, now: float) -> None:
        """Books the time since the last change of state."""
        if self.state is not AgentState.LOGGED_OUT:
            self.counted_s += now - self.counted_since
        if self.state in OCCUPIED:
            self.occupied_s += now - self.counted_since
        self.counted_since = now

    def occupancy(self) -> float:
        """Share of today's logged-in time spent rung, talking or writing up, as last counted."""
        return self.occupied_s / self.counted_s if self.counted_s else 0.0


class Ranking(Protocol):
    """An order among free agents that stays as it is while they are free."""

    @property
    def name(self) -> str: ...

    def value(self, agent: AgentRecord) -> float:
        """What decides among those with as much at hand, the lowest first; asked once, when the
        agent becomes free. Between equals decide idleness and then the place in the site file."""


class Agents:
    """All agents of the site, filed by profile; the free ones also by skill, level and ranking."""

    def __init__(self, agents: Mapping[str, SiteAgent], rankings: Mapping[Stand, Ranking]) -> None:
        self._by_id: dict[str, AgentRecord] = {}
        self._offers = 0
        self._profiles = 0
        self.refile(agents, rankings)

    def refile(self, agents: Mapping[str, SiteAgent], rankings: Mapping[Stand, Ranking]) -> None:
        """Files everybody by this site, whatever state they are in.

        Whom it does not name stays until logged out, with no skill to be offered anything for.
        """
        free = [agent for agent in self if agent.filed]
        self._rankings = rankings
        self._groups: dict[Hashable, Group] = {}
        self._shelves: dict[Stand, Shelves[Group]] = {stand: Shelves() for stand in rankings}
        self._under: dict[Hashable, list[Group]] = {}
        """Groups by each of their skills, free or not."""
        self._common: Counter[Need] = Counter()
        before, self._by_id = self._by_id, {}
        for number, (ident, agent) in enumerate(agents.items()):
            skills = {**agent.skills, TEAM_PREFIX + agent.team: MEMBER}
            self._common.update((s, n) for s, high in skills.items() for n in range(1, high + 1))
            record = before.pop(ident) if ident in before else AgentRecord(AgentId(ident))
            self._enrol(record, number, agent)
        for number, record in enumerate(before.values(), start=len(agents)):
            if record.state is not AgentState.LOGGED_OUT:
                self._enrol(record, number, None)
        for record in free:
            if record.ident in self._by_id:
                self._file(record, record.filed)

    def _enrol(self, record: AgentRecord, number: int, agent: SiteAgent | None) -> None:
        skills = {} if agent is None else {**agent.skills, TEAM_PREFIX + agent.team: MEMBER}
        terms = {} if agent is None else agent.queues
        key = (frozenset(skills.items()), frozenset(terms.items()))
        group = self._groups.get(key)
        if group is None:
            self._profiles += 1
            group = Group(Profile(self._profiles, skills, terms), self._rankings)
            self._groups[key] = group
            for label in group.profile.labels:
                self._under.setdefault(label, []).append(group)
        group.count(record.state, 1)
        record.on_site, record.number, record.group = agent is not None, number, group
        if agent is not None:
            record.weight, record.wrap_up = agent.weight, agent.wrap_up
        self._by_id[record.ident] = record

    def __iter__(self) -> Iterator[AgentRecord]:
        return iter(self._by_id.values())

    def __getitem__(self, ident: str) -> AgentRecord:
        try:
            return self._by_id[ident]
        except KeyError:
            raise UnknownAgentError(f"the site file has no agent {ident!r}") from None

    def get(self, ident: str) -> AgentRecord | None:
        """None when the site has no such agent (any more)."""
        return self._by_id.get(ident)

    def groups(self) -> Iterator[Group]:
        return iter(self._groups.values())

    def able(self, requirement: Requirement) -> Iterator[Group]:
        """Groups that satisfy it; one may come several times."""
        for label in requirement.labels:
            for group in self._under.get(label, ()):
                if requirement.accepts(group.profile):
                    yield group

    def commonness(self, need: Need) -> int:
        """How many agents of the site have this skill at this level or above."""
        skill, least = need
        return self._common[skill, max(1, least)]

    def shelf(self, stand: Stand, label: Hashable) -> Order[Group] | None:
        """The groups with a free agent under this label, by their first agent."""
        return self._shelves[stand].shelf(label)

    def shelves(self, stand: Stand, needs: Iterable[Need] | None) -> Iterator[Order[Group]]:
        """Where those stand who have one of the needs; None: everybody."""
        shelf = self._shelves[stand].shelf
        if needs is None:
            found = shelf(EVERYBODY)
            if found is not None:
                yield found
            return
        for skill, least in needs:
            for level in range(max(1, least), LEVEL_MAX + 1):
                found = shelf((skill, level))
                if found is not None:
                    yield found

    def enter_state(self, agent: AgentRecord, state: AgentState, now: float) -> None:
        """Moves the agent; `settle` has to follow."""
        agent.count(now)
        agent.group.count(agent.state, -1)
        agent.group.count(state, 1)
        agent.state = state
        agent.since = now
        if state is AgentState.RESERVED:
            self._offers += 1
            agent.serial = self._offers

    def settle(self, agent: AgentRecord, now: float, *, keep_place: bool = False) -> bool:
        """Files the agent among the free, or takes them out; True when there is more room.

        Idle time starts anew unless `keep_place`: an offer that a caller's hang-up ended was no
        work.
        """
        room = agent.room
        if room == agent.filed:
            return False
        grown = room > agent.filed
        if agent.filed:
            self._take_out(agent)
        if room:
            if not keep_place:
                agent.idle_since = now
            agent.count(now)
            self._file(agent, room)
        return grown

    def begin_day(self, now: float) -> None:
        """Today's occupancy starts anew, also for those who are free."""
        for agent in self:
            agent.occupied_s = agent.counted_s = 0.0
            agent.counted_since = now
            if agent.filed:
                self._take_out(agent)
                self._file(agent, agent.room)

    def _file(self, agent: AgentRecord, room: int) -> None:
        """Wherever the room is enough."""
        agent.filed = room
        places = agent.places = {}
        for stand, ranking in self._rankings.items():
            name, needed = stand
            if needed > room:
                continue
            if name not in places:
                value = ranking.value(agent)
                places[name] = (agent.taken, value, agent.idle_since, agent.number)
            order = agent.group.free[stand]
            before = order.head
            order.add(places[name], agent)
            self._shelves[stand].place(agent.group, agent.group.labels, before, order.head)

    def _take_out(self, agent: AgentRecord) -> None:
        for stand in self._rankings:
            name, needed = stand
            if needed > agent.filed:
                continue
            order = agent.group.free[stand]
            before = order.head
            order.remove(agent.places[name])
            self._shelves[stand].place(agent.group, agent.group.labels, before, order.head)
        agent.filed = 0
