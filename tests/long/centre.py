"""A mid-size centre with every routing rule in use, and books kept from what the core orders."""

import random
from typing import Any

from ivr.acd.consequences import LEASE_GRACE_S
from ivr.acd.messages import (
    AgentMoved,
    Command,
    Connect,
    Finished,
    Left,
    Relaxed,
    Reprioritised,
    Ring,
    StopRinging,
)
from ivr.acd.roster import STATES_WITHOUT_CALL
from ivr.model.agents import AgentState
from ivr.model.site import Site, StrategyName

SKILLS = ("billing", "claims", "tech", "lang_en", "lang_fr", "lang_de")
TEAMS = ("front", "back", "night")
STRATEGIES: tuple[StrategyName, ...] = (
    "longest_idle",
    "best_skilled",
    "least_skilled",
    "least_occupied",
    "round_robin",
    "weighted_random",
)
QUEUES: dict[str, dict[str, Any]] = {
    "billing": {
        "skills": "billing >= 5 and lang_en >= 3",
        "relax": [
            {"after": 20, "lower": {"billing": 2}},
            {"after": 60, "drop": ["lang_en"], "priority": 1},
            {"after": 90, "add": "team_back >= 1"},
        ],
        "misses": {"no_answer": {}, "consecutive_max": 2},
    },
    "claims": {"skills": "claims >= 3", "prefer": ["lang_fr >= 5", "team_front >= 1"]},
    "tech": {"skills": "tech >= 4 or billing >= 9", "ring_several": 3, "wrap_up_s": 0},
    "french": {"skills": "lang_fr >= 6", "relax": [{"after": 15, "lower": {"lang_fr": 1}}]},
    "german": {"skills": "lang_de >= 2 and team_front >= 1", "callback": {"active_max": 2}},
    "operator": {"callback": {}, "ring_several": 2, "misses": {"rejected": {"rest_s": 5}}},
    "night": {"skills": "not team_night >= 1 and claims >= 1", "skip_unstaffed": False},
    "vip": {"skills": "billing >= 7", "priority": 5},
    "web": {"skills": "claims >= 2", "channel": "chat", "prefer": ["lang_en >= 1"]},
    "post": {
        "skills": "billing >= 4",
        "channel": "mail",
        "relax": [{"after": 30, "lower": {"billing": 1}}],
    },
}
CHANNELS = {"chat": 3, "mail": 2}
FULL = 6
SHARES = {"voice": 6, "chat": 2, "mail": 3}
"""Of a full agent."""


def make_site(dice: random.Random) -> Site:
    """Sixty agents, ten queues, two of them of channels that share an agent; each strategy is
    used."""
    agents = {
        f"a{number}": {
            "name": f"Agent {number}",
            "extension": str(1000 + number),
            "team": dice.choice(TEAMS),
            "skills": {one: dice.randint(1, 10) for one in dice.sample(SKILLS, dice.randint(1, 4))},
            "queues": dice.choice([{}, {}, {"claims": {"delay_s": 20}}, {"vip": {"priority": 2}}]),
            "weight": dice.choice([1, 2, 5]),
            "wrap_up": dice.choice([None, None, 5, "until_ready"]),
        }
        for number in range(60)
    }
    queues = {
        name: {
            "title": name.title(),
            "strategy": STRATEGIES[place % 6],
            "length_max": 20,
            "redial_grace_s": 60,
        }
        | queue
        for place, (name, queue) in enumerate(QUEUES.items())
    }
    return Site.model_validate(
        {
            "numbers": {"600": "main"},
            "skills": {skill: skill for skill in SKILLS},
            "teams": {team: team for team in TEAMS},
            "agents": agents,
            "queues": queues,
            "channels": CHANNELS,
            "emergency": {"say": "Sorry", "ring": ["1000"]},
        }
    )


class Books:
    """What was ordered, checked against what may be: each command costs little."""

    def __init__(self, site: Site) -> None:
        self._several = {name: queue.ring_several for name, queue in site.queues.items()}
        self._shares = {name: SHARES[queue.channel] for name, queue in site.queues.items()}
        self.state = dict.fromkeys(site.agents, AgentState.LOGGED_OUT)
        self.seconds = dict.fromkeys(site.agents, 0.0)
        """Logged in, by the seconds of the states left since logging in."""
        self.logged_in: dict[str, float] = {}
        self.offers: dict[str, tuple[Ring, float]] = {}
        """Offer -> what was ordered, and when its lease ends."""
        self.holds: dict[str, str] = {}
        """Agent -> the one offer they hold."""
        self.rings: dict[str, int] = {}
        """Call -> phones it rings."""
        self.waiting: dict[str, float] = {}
        """Call -> seconds its offers' leases are longer."""
        self.talks: dict[str, str] = {}
        """Call -> agent."""
        self.at_hand: dict[str, dict[str, int]] = {agent: {} for agent in site.agents}
        """Agent -> what each call talked to or written up takes of them."""
        self.beside = 0
        """Offers to somebody who was in conversation."""
        self.entered = self.left = 0

    def enter(self, call: str, lead_s: float) -> None:
        assert call not in self.waiting
        self.waiting[call] = lead_s
        self.entered += 1

    def book(self, command: Command, now: float) -> None:
        match command:
            case AgentMoved():
                self._moved(command, now)
            case Ring():
                self._ring(command, now)
            case StopRinging():
                self._end(command)
            case Connect():
                self._end(command)
                self.take_up(command.call, command.agent, command.queue)
            case Finished():
                del self.at_hand[command.agent][command.call]
            case Left():
                del self.waiting[command.call]
                self.left += 1
            case Relaxed() | Reprioritised():
                assert command.call in self.waiting

    def _ring(self, ring: Ring, now: float) -> None:
        assert ring.agent not in self.holds, "an agent holds two offers"
        self._has_room(ring)
        assert ring.offer not in self.offers
        rings = self.rings[ring.call] = self.rings.get(ring.call, 0) + 1
        assert rings <= self._several[ring.queue]
        until = now + ring.ring_timeout_s + LEASE_GRACE_S + self.waiting[ring.call]
        self.offers[ring.offer] = ring, until
        self.holds[ring.agent] = ring.offer

    def take_up(self, call: str, agent: str, queue: str) -> None:
        self.talks[call] = agent
        self.at_hand[agent][call] = self._shares[queue]

    def _has_room(self, ring: Ring) -> None:
        taken = sum(self.at_hand[ring.agent].values())
        assert taken + self._shares[ring.queue] <= FULL
        state = AgentState.ON_CALL if taken else AgentState.RESERVED
        assert self.state[ring.agent] is state
        self.beside += taken > 0

    def _end(self, end: StopRinging | Connect) -> None:
        ring, _ = self.offers.pop(end.offer)
        assert (ring.call, ring.agent) == (end.call, end.agent)
        assert self.holds.pop(end.agent) == end.offer
        self.rings[end.call] -= 1
        if not self.rings[end.call]:
            del self.rings[end.call]

    def _moved(self, moved: AgentMoved, now: float) -> None:
        agent = moved.agent
        assert self.state[agent] is moved.before
        self.state[agent] = moved.after
        if moved.after in STATES_WITHOUT_CALL:
            self.at_hand[agent].clear()
        if moved.before is AgentState.LOGGED_OUT:
            self.logged_in[agent], self.seconds[agent] = now, 0.0
        else:
            assert moved.seconds >= 0
            self.seconds[agent] += moved.seconds
        if moved.after is AgentState.LOGGED_OUT:
            logged_in_s = now - self.logged_in.pop(agent)
            assert abs(self.seconds[agent] - logged_in_s) < 1e-3, "seconds of states do not add up"
