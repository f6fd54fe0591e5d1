"""The script of the comparison by skills: who calls when, who can serve whom, who is away when.

A pure function of the seed. Every way of distributing plays the very same script. Times are in
seconds from its start and compressed: a talk takes seconds instead of minutes.
"""

import random
from dataclasses import dataclass

SEED = 20261124
LENGTH_S = 60.0
"""Nobody calls any more after that."""
TALK_S = (2.0, 6.0)
PATIENCE_S = (8.0, 16.0)
ANSWER_S = (0.3, 0.8)
"""How long an agent who is there lets it ring."""
BURST_EVERY_S = (3.0, 7.0)
BURST_CALLS = (4, 8)
BURST_LENGTH_S = 0.8
SCARCE_EVERY_S = (7.0, 11.0)
SKILLS = ("alpha", "beta", "scarce")


@dataclass(frozen=True)
class ScriptedCall:
    number: int
    """From 1 on, in the order of arrival."""
    at_s: float
    skill: str
    talk_s: float
    patience_s: float
    answer_s: float
    """How long whoever gets this call lets it ring."""


@dataclass(frozen=True)
class ScriptedAgent:
    key: str
    skills: tuple[str, ...]
    away: tuple[float, float] | None = None
    """From when to when the phone is left ringing, though nobody was told."""

    def is_away(self, at_s: float) -> bool:
        return self.away is not None and self.away[0] <= at_s < self.away[1]


AGENTS = (
    ScriptedAgent("alpha_1", ("alpha",), away=(8.0, 24.0)),
    ScriptedAgent("alpha_2", ("alpha",)),
    ScriptedAgent("alpha_3", ("alpha",)),
    ScriptedAgent("beta_1", ("beta",), away=(20.0, 36.0)),
    ScriptedAgent("beta_2", ("beta",)),
    ScriptedAgent("beta_3", ("beta",)),
    ScriptedAgent("both_1", ("alpha", "beta"), away=(38.0, 54.0)),
    ScriptedAgent("both_2", ("alpha", "beta", "scarce")),
)
"""Three of one class, three of the other, two of both; one of them alone has the scarce skill."""


def scripted_calls(seed: int = SEED) -> list[ScriptedCall]:
    """Bursts of the two common classes in turn of chance, and the scarce one now and then."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    arrivals: list[tuple[float, str]] = []
    at_s = 0.5
    while at_s < LENGTH_S:
        arrivals += [
            (at_s + dice.uniform(0, BURST_LENGTH_S), dice.choice(SKILLS[:2]))
            for _ in range(dice.randint(*BURST_CALLS))
        ]
        at_s += dice.uniform(*BURST_EVERY_S)
    at_s = 3.0
    while at_s < LENGTH_S:
        arrivals.append((at_s, SKILLS[2]))
        at_s += dice.uniform(*SCARCE_EVERY_S)
    return [
        ScriptedCall(
            number,
            at_s,
            skill,
            dice.uniform(*TALK_S),
            dice.uniform(*PATIENCE_S),
            dice.uniform(*ANSWER_S),
        )
        for number, (at_s, skill) in enumerate(sorted(arrivals), start=1)
    ]
