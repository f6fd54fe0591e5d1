"""What every strategy offers, and the search that most of them share."""

from abc import ABC, abstractmethod
from collections.abc import Container
from typing import Protocol

from ivr.acd.agents import AgentRecord, Agents, Group, Ranking, Stand
from ivr.acd.ask import Ask, Asked
from ivr.acd.order import Key
from ivr.model.ids import AgentId


class Strategy(Protocol):
    """Chooses among free agents."""

    @property
    def ranking(self) -> Ranking:
        """The order in which it needs the free agents to stand."""

    def choose(self, agents: Agents, ask: Ask) -> AgentRecord | None:
        """The best free agent who may serve and is not barred; None: nobody."""

    def key(self, agent: AgentRecord, requirement: Asked) -> Key:
        """Of those free who may serve, the lowest is the best."""

    def compared(self, agent: AgentRecord, requirement: Asked, now: float) -> str:
        """What it compares, of this agent who is free, in a few words."""

    def reason(self, agent: AgentRecord, requirement: Asked, now: float) -> str:
        """Why this agent was best, in a few words."""

    def chosen(self, agent: AgentRecord) -> None:
        """An agent is being offered a call of a queue with this strategy, and still free."""


class Ranked(ABC):
    """The first in one ranking, whatever the call asks for.

    Groups stand by their first agent, so the search ends at the first group that fits.
    """

    name: str
    best: str
    """What makes `compared` the reason for choosing somebody."""

    @property
    def ranking(self) -> Ranking:
        return self

    @abstractmethod
    def value(self, agent: AgentRecord) -> float:
        """See `Ranking`."""

    @abstractmethod
    def compared(self, agent: AgentRecord, requirement: Asked, now: float) -> str:
        """See `Strategy`."""

    def reason(self, agent: AgentRecord, requirement: Asked, now: float) -> str:
        return f"{self.best} {self.compared(agent, requirement, now)}"

    def key(self, agent: AgentRecord, _requirement: Asked) -> Key:
        return agent.places[self.name]

    def choose(self, agents: Agents, ask: Ask) -> AgentRecord | None:
        best: tuple[Key, AgentRecord] | None = None
        stand = (self.name, ask.share)
        for shelf in agents.shelves(stand, ask.requirement.cover):
            for key, group in shelf.entries():
                if best is not None and key >= best[0]:
                    break
                if not ask.accepts(group.profile):
                    continue
                found = first_of(group, stand, ask.barred)
                if found is not None and (best is None or found[0] < best[0]):
                    best = found
        return best[1] if best else None

    def chosen(self, agent: AgentRecord) -> None:  # noqa: B027 - most strategies do not care
        """See `Strategy`."""


def idle(agent: AgentRecord, now: float) -> str:
    """For how long an agent has been free, in words."""
    return f"idle {now - agent.idle_since:.1f} s"


def first_of(
    group: Group, stand: Stand, barred: Container[AgentId]
) -> tuple[Key, AgentRecord] | None:
    """The group's first agent who is not barred."""
    for entry in group.free[stand].entries():
        if entry[1].ident not in barred:
            return entry
    return None
