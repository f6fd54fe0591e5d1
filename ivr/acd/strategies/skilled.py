"""What best and least skilled share: ladders of groups by level of the skills asked for."""

from collections.abc import Iterable, Iterator

from ivr.acd.agents import AgentRecord, Agents, Group, Ranking, Stand
from ivr.acd.ask import Ask, Asked
from ivr.acd.cover import LEVEL_MAX
from ivr.acd.order import EVERYBODY, Key, Order
from ivr.acd.requirement import TEAM_PREFIX
from ivr.acd.strategies.base import first_of, idle

Rung = tuple[int, Iterable[Order[Group]]]
"""A level, and the shelves of those who have a skill asked for at just this level."""


class Skilled:
    """Score: the sum of the proficiencies in the skills that the requirement names.

    The search climbs the ladder rung by rung and stops when nobody on the rungs to come could
    score better. Of the skills joined by `and`, the rarest has the ladder that is climbed.
    """

    name: str
    ranking: Ranking
    best: str
    """As in `Ranked`."""
    sign: int
    """+1: the highest score wins; -1: the lowest."""

    def choose(self, agents: Agents, ask: Ask) -> AgentRecord | None:
        best: tuple[int, Key, AgentRecord] | None = None
        stand = (self.ranking.name, ask.share)
        for level, shelves in self._rungs(agents, ask.requirement, stand):
            bound = self._bound(level, ask.requirement)
            if best is not None and best[0] < bound:
                break
            for shelf in shelves:
                for key, group in shelf.entries():
                    if best is not None and best[0] <= bound and key >= best[1]:
                        break
                    if not ask.accepts(group.profile):
                        continue
                    found = first_of(group, stand, ask.barred)
                    if found is not None:
                        one = (-self.sign * score(group, ask.requirement), *found)
                        best = one if best is None or one[:2] < best[:2] else best
        return best[2] if best else None

    def key(self, agent: AgentRecord, requirement: Asked) -> Key:
        return (-self.sign * score(agent.group, requirement), *agent.places[self.ranking.name])

    def compared(self, agent: AgentRecord, requirement: Asked, now: float) -> str:
        return f"skilled {score(agent.group, requirement)}, {idle(agent, now)}"

    def reason(self, agent: AgentRecord, requirement: Asked, now: float) -> str:
        return f"{self.best} {self.compared(agent, requirement, now)}"

    def chosen(self, agent: AgentRecord) -> None:
        """Nothing to remember."""

    def _bound(self, level: int, requirement: Asked) -> int:
        """No better score than this from this rung on; the lower, the better."""
        if self.sign < 0:
            return level
        return -(level + LEVEL_MAX * (len(requirement.scored) - 1))

    def _rungs(self, agents: Agents, requirement: Asked, stand: Stand) -> Iterator[Rung]:
        """From the best level to the worst. A team scores nothing and says nothing of a score:
        its people stand on the first rung."""
        first = LEVEL_MAX if self.sign > 0 else 0
        last = LEVEL_MAX - first
        labels: dict[int, list[object]] = {}
        needs = requirement.cover
        if needs is None:
            labels[0] = [EVERYBODY]
            needs = frozenset((name, 1) for name in requirement.scored)
        for skill, least in sorted(needs):
            if skill.startswith(TEAM_PREFIX):
                labels.setdefault(first, []).append((skill, LEVEL_MAX))
                continue
            for level in range(max(1, least), LEVEL_MAX + 1):
                labels.setdefault(level, []).append((skill, level))
        for level in range(first, last - self.sign, -self.sign):
            shelves = [agents.shelf(stand, label) for label in labels.get(level, ())]
            yield level, [shelf for shelf in shelves if shelf is not None]


def score(group: Group, requirement: Asked) -> int:
    """Proficiencies in the skills named, added up."""
    skills = group.profile.skills
    return sum(skills.get(name, 0) for name in requirement.scored)
