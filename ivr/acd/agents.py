"""The agents, and who of them can be offered a call right now, longest idle first."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping

from ivr.acd.errors import UnknownAgentError
from ivr.acd.order import Key, Order, Shelves
from ivr.acd.requirement import MEMBER, TEAM_PREFIX, Profile
from ivr.acd.table import Trigger
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from ivr.model.site import Agent as SiteAgent


class Group:
    """Agents with the same profile."""

    __slots__ = ("free", "profile", "states")

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.free: Order[AgentRecord] = Order()
        """Those who can be offered a call now, longest idle first."""
        self.states: Counter[AgentState] = Counter()


class AgentRecord:
    """Everything the core knows about one agent."""

    __slots__ = (
        "busy",
        "call",
        "free_key",
        "group",
        "ident",
        "idle_since",
        "later",
        "number",
        "offer",
        "queue",
        "reachable",
        "reason",
        "rest_until",
        "since",
        "state",
    )

    def __init__(self, ident: AgentId, number: int, group: Group) -> None:
        self.ident = ident
        self.number = number
        """Place in the site file: decides between two who became free in the same instant."""
        self.group = group
        self.state = AgentState.LOGGED_OUT
        self.reason = ""
        self.since: float | None = None
        """When the state began; None before the first log-in."""
        self.reachable = True
        self.busy = False
        self.rest_until: float | None = None
        self.idle_since = 0.0
        self.free_key: Key | None = None
        """Where the agent stands among the free; None when nothing may be offered."""
        self.offer: OfferId | None = None
        self.call: CallId | None = None
        """The call rung, talked to or written up."""
        self.queue: QueueId | None = None
        self.later: tuple[Trigger, str] | None = None
        """What takes effect after the conversation, with the pause's reason."""

    @property
    def offerable(self) -> bool:
        """Whether a call may be offered now."""
        return (
            self.state is AgentState.AVAILABLE
            and self.reachable
            and not self.busy
            and self.rest_until is None
        )


class Agents:
    """All agents of the site, filed by profile; the free ones also by skill and idleness."""

    def __init__(self, agents: Mapping[str, SiteAgent]) -> None:
        self._groups: dict[Hashable, Group] = {}
        self._by_id: dict[str, AgentRecord] = {}
        self._shelves: Shelves[Group] = Shelves()
        for number, (ident, agent) in enumerate(agents.items()):
            skills = {**agent.skills, TEAM_PREFIX + agent.team: MEMBER}
            key = (frozenset(skills.items()), frozenset(agent.queues.items()))
            group = self._groups.get(key)
            if group is None:
                profile = Profile(len(self._groups), skills, agent.queues)
                group = self._groups[key] = Group(profile)
            group.states[AgentState.LOGGED_OUT] += 1
            self._by_id[ident] = AgentRecord(AgentId(ident), number, group)

    def __iter__(self) -> Iterator[AgentRecord]:
        return iter(self._by_id.values())

    def __getitem__(self, ident: str) -> AgentRecord:
        try:
            return self._by_id[ident]
        except KeyError:
            raise UnknownAgentError(f"the site file has no agent {ident!r}") from None

    def groups(self) -> Iterator[Group]:
        return iter(self._groups.values())

    def shelves(self, labels: Collection[str]) -> Iterator[Order[Group]]:
        """Where those stand who may serve (and others): each shelf longest idle first."""
        for label in labels:
            shelf = self._shelves.shelf(label)
            if shelf is not None:
                yield shelf

    def enter_state(self, agent: AgentRecord, state: AgentState, now: float) -> None:
        """Moves the agent; `settle` has to follow."""
        agent.group.states[agent.state] -= 1
        agent.group.states[state] += 1
        agent.state = state
        agent.since = now

    def settle(self, agent: AgentRecord, now: float, *, keep_place: bool = False) -> bool:
        """Files the agent among the free, or takes them out; True when newly free.

        Idle time starts anew unless `keep_place`: an offer that a caller's hang-up ended was no
        work.
        """
        if agent.offerable == (agent.free_key is not None):
            return False
        before = agent.group.free.head
        if agent.free_key is None:
            if not keep_place:
                agent.idle_since = now
            agent.free_key = (agent.idle_since, agent.number)
            agent.group.free.add(agent.free_key, agent)
        else:
            agent.group.free.remove(agent.free_key)
            agent.free_key = None
        self._shelves.place(agent.group, agent.group.profile.labels, before, agent.group.free.head)
        return agent.free_key is not None
