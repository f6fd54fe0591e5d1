"""Whether anybody who satisfies a requirement is logged in, known without asking everybody.

Of each requirement that is watched, one group of agents is remembered that satisfies it and has
somebody logged in. A log-in concerns only those that have none, a log-out only those that have
this very group.
"""

from collections import Counter
from collections.abc import Hashable
from typing import TypeVar

from ivr.acd.agents import Agents, Group
from ivr.acd.requirement import Requirement

K = TypeVar("K")


class Staffing:
    """Told who logs in and out; tells which watched requirements gained or lost their staff."""

    def __init__(self, agents: Agents) -> None:
        self._agents = agents
        self._watched: Counter[Requirement] = Counter()
        self._by: dict[Requirement, Group | None] = {}
        """Watched requirement -> a group that satisfies it; None: nobody logged in does."""
        self._held_by: dict[Group, dict[Requirement, None]] = {}
        self._wanting: dict[Hashable, dict[Requirement, None]] = {}
        """Those that nobody satisfies, by where an agent who does would look for calls."""
        self._turned: dict[Requirement, None] = {}

    def is_staffed(self, requirement: Requirement) -> bool:
        """Whether anybody who satisfies it is logged in, in whatever state."""
        if requirement in self._by:
            return self._by[requirement] is not None
        return self._find(requirement) is not None

    def watch(self, requirement: Requirement) -> None:
        """From now on changes are told, until `unwatch` was said as often."""
        self._watched[requirement] += 1
        if self._watched[requirement] == 1:
            self._put(requirement, self._find(requirement))

    def unwatch(self, requirement: Requirement) -> None:
        self._watched[requirement] -= 1
        if not self._watched[requirement]:
            del self._watched[requirement]
            self._take(requirement)
            self._turned.pop(requirement, None)

    def moved(self, group: Group) -> None:
        """Somebody of this group has logged in or out."""
        if group.present:
            for label in group.profile.labels:
                for requirement in list(self._wanting.get(label, ())):
                    if requirement.accepts(group.profile):
                        self._turn(requirement, group)
            return
        for requirement in list(self._held_by.get(group, ())):
            self._turn(requirement, self._find(requirement))

    def refiled(self) -> None:
        """All agents are in other groups now."""
        for requirement in self._watched:
            self._take(requirement)
            self._put(requirement, self._find(requirement))

    def turned(self) -> list[Requirement]:
        """Watched requirements that have gained or lost their staff since this was last asked."""
        turned, self._turned = list(self._turned), {}
        return turned

    def _find(self, requirement: Requirement) -> Group | None:
        return next((one for one in self._agents.able(requirement) if one.present), None)

    def _turn(self, requirement: Requirement, group: Group | None) -> None:
        if (self._take(requirement) is None) is not (group is None):
            self._turned[requirement] = None
        self._put(requirement, group)

    def _put(self, requirement: Requirement, group: Group | None) -> None:
        self._by[requirement] = group
        if group is not None:
            self._held_by.setdefault(group, {})[requirement] = None
            return
        for label in requirement.labels:
            self._wanting.setdefault(label, {})[requirement] = None

    def _take(self, requirement: Requirement) -> Group | None:
        group = self._by.pop(requirement)
        if group is not None:
            _remove(self._held_by, group, requirement)
        else:
            for label in requirement.labels:
                _remove(self._wanting, label, requirement)
        return group


def _remove(index: dict[K, dict[Requirement, None]], key: K, requirement: Requirement) -> None:
    del index[key][requirement]
    if not index[key]:
        del index[key]
