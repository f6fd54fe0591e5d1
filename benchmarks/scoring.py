"""What the phones saw of one play of the script, and the scores computed from it.

Pure. Nothing here is told by the server or by Asterisk: callers and agents are witnesses enough.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, inf

from benchmarks.script import ScriptedAgent, ScriptedCall


@dataclass
class Offer:
    """One INVITE at an agent's phone."""

    agent: str
    call: int
    """0: for a caller who is not in the script."""
    began_s: float
    ended_s: float = inf
    answered: bool = False
    missed: bool = False
    """It rang until the other side gave up, while the caller was still there."""
    refused: bool = False
    """The phone was busy."""


@dataclass
class Visit:
    """One scripted call as its caller lived it."""

    call: ScriptedCall
    dialled_s: float
    connected_s: float = inf
    """Since when the caller has been heard by the centre: nobody can be offered them before."""
    served_s: float = inf
    agent: str = ""
    over_s: float = inf

    @property
    def wait_s(self) -> float:
        """From dialling to the agent's answer, or to giving up."""
        return min(self.served_s, self.over_s) - self.dialled_s


@dataclass
class Play:
    """One way's whole performance."""

    agents: Sequence[ScriptedAgent]
    visits: dict[int, Visit] = field(default_factory=dict)
    offers: list[Offer] = field(default_factory=list)
    talks: list[tuple[str, float, float]] = field(default_factory=list)
    """Agent, from when, to when."""
    returned: list[tuple[str, float]] = field(default_factory=list)
    """Agents back at their desk, known to whoever distributes."""
    failed: list[str] = field(default_factory=list)
    """Calls that were refused: none, or the play does not count."""


@dataclass(frozen=True)
class Score:
    calls: int
    within: Mapping[float, float]
    """Seconds -> share of ALL calls answered within them (formula `offered`)."""
    mean_wait_s: float
    """Of all calls; who gave up waited as long as they did."""
    p95_wait_s: float
    abandoned: int
    idle_s: float
    """Agent-seconds in which a free agent's phone was silent while a caller they can serve waited
    for whom no phone rang; each agent counts against one such caller and the other way round."""
    wrong_skill: int
    after_miss: int
    """Offers to agents who had missed one less than a minute before and were not back yet."""
    refused: int
    """Offers to phones already in use."""
    scarce_mean_wait_s: float


AFTER_MISS_S = 60.0


def score(play: Play, thresholds_s: Sequence[float]) -> Score:
    visits = list(play.visits.values())
    waits = sorted(visit.wait_s for visit in visits)
    skills = {agent.key: agent.skills for agent in play.agents}
    served = [visit for visit in visits if visit.agent]
    return Score(
        calls=len(visits),
        within={
            limit: sum(visit.wait_s <= limit for visit in served) / len(visits)
            for limit in thresholds_s
        },
        mean_wait_s=sum(waits) / len(waits),
        p95_wait_s=waits[ceil(0.95 * len(waits)) - 1],
        abandoned=len(visits) - len(served),
        idle_s=_idle_s(play),
        wrong_skill=sum(visit.call.skill not in skills[visit.agent] for visit in served),
        after_miss=_after_miss(play),
        refused=sum(offer.refused for offer in play.offers),
        scarce_mean_wait_s=_mean(visit.wait_s for visit in visits if visit.call.skill == "scarce"),
    )


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _after_miss(play: Play) -> int:
    """The one minute is not compressed: nothing makes the agent come back but the script."""
    count = 0
    for offer in play.offers:
        missed = [
            other.ended_s
            for other in play.offers
            if other.agent == offer.agent and other.missed and other.ended_s <= offer.began_s
        ]
        if not missed or offer.began_s - max(missed) > AFTER_MISS_S:
            continue
        count += not any(
            agent == offer.agent and max(missed) < at_s <= offer.began_s
            for agent, at_s in play.returned
        )
    return count


def _idle_s(play: Play) -> float:
    moments = sorted(_moments(play))
    return sum(
        (until - since) * _pairs(play, (since + until) / 2) for since, until in pairwise(moments)
    )


def _moments(play: Play) -> set[float]:
    """Whenever anything changes."""
    found: set[float] = set()
    for visit in play.visits.values():
        found |= {visit.connected_s, visit.served_s, visit.over_s}
    for offer in play.offers:
        found |= {offer.began_s, offer.ended_s}
    for _, since, until in play.talks:
        found |= {since, until}
    for agent in play.agents:
        found |= set(agent.away or ())
    return found - {inf}


def _pairs(play: Play, at_s: float) -> int:
    """How many callers could ring a free agent right now and do not."""
    ringing = [offer for offer in play.offers if offer.began_s <= at_s < offer.ended_s]
    offered = {offer.call for offer in ringing}
    engaged = {offer.agent for offer in ringing}
    engaged |= {agent for agent, since, until in play.talks if since <= at_s < until}
    free = [a for a in play.agents if a.key not in engaged and not a.is_away(at_s)]
    waiting = [
        visit.call.skill
        for number, visit in play.visits.items()
        if visit.connected_s <= at_s < min(visit.served_s, visit.over_s) and number not in offered
    ]
    return _matching(waiting, free)


def _matching(waiting: Sequence[str], free: Sequence[ScriptedAgent]) -> int:
    """The most callers that could be given an agent each."""
    caller_of: dict[str, int] = {}

    def find(caller: int, tried: set[str]) -> bool:
        for agent in free:
            if waiting[caller] in agent.skills and agent.key not in tried:
                tried.add(agent.key)
                if agent.key not in caller_of or find(caller_of[agent.key], tried):
                    caller_of[agent.key] = caller
                    return True
        return False

    return sum(find(caller, set()) for caller in range(len(waiting)))
