"""What a call asks for, ready to be compared with many agents."""

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache, partial

from ivr.acd.consequences import PRIORITY_WEIGHT_S
from ivr.acd.cover import Commonness, alternatives, cover, musts, rarest
from ivr.acd.errors import BadRequirementError
from ivr.acd.order import EVERYBODY, Key
from ivr.expression import Expression, ExpressionError, parse_requirement
from ivr.model.site import QueueTerms

KEPT_MAX = 2048
"""Parsed requirements kept at hand; a centre has far fewer different ones."""


TEAM_PREFIX = "team_"
"""Membership of a team counts as a skill of this name, with the highest proficiency."""

MEMBER = 10
NO_TERMS = QueueTerms()


class Profile:
    """Proficiencies, team and queue terms that one or more agents share to the letter."""

    __slots__ = ("ident", "labels", "reach_s", "skills", "terms")

    def __init__(
        self, ident: int, skills: Mapping[str, int], terms: Mapping[str, QueueTerms]
    ) -> None:
        """`skills` with the team among them; `terms` by queue."""
        self.ident = ident
        self.skills = dict(skills)
        self.terms = dict(terms)
        needs = ((skill, n) for skill in sorted(skills) for n in range(1, skills[skill] + 1))
        self.labels: tuple[Hashable, ...] = (EVERYBODY, *needs)
        """Where to look for calls: each skill at each level they have. Whoever has none of what a
        call needs is `EVERYBODY` to it."""
        most = max((term.priority for term in self.terms.values()), default=0)
        self.reach_s = PRIORITY_WEIGHT_S * max(0, most)
        """By how much a call can overtake at most, in the eyes of these agents alone."""

    def is_due(self, queue: str, effective_start: float, now: float) -> bool:
        """Whether a call of this queue has effectively waited long enough for these agents."""
        delay_s = self.delay_s(queue)
        return delay_s == 0 or effective_start + delay_s <= now

    def delay_s(self, queue: str) -> float:
        """How long a call of this queue effectively waits before it comes to these agents."""
        return self.terms.get(queue, NO_TERMS).delay_s

    def own_key(self, queue: str, key: Key) -> Key:
        """Where a call of this queue with this key stands in the eyes of these agents, who add to
        the priority of some queues' calls."""
        term = self.terms.get(queue)
        if term is None or not term.priority:
            return key
        return (key[0] - PRIORITY_WEIGHT_S * term.priority, *key[1:])


class Requirement:
    """A skill expression; a skill the agent lacks counts 0, the empty text asks for nothing.

    Where needs and their alternatives do not say all of it, answers are remembered per profile: the
    expression is evaluated once for all agents alike.
    """

    __slots__ = (
        "_alternatives",
        "_answers",
        "_musts",
        "_names",
        "cover",
        "expression",
        "labels",
        "scored",
        "text",
    )

    def __init__(self, expression: Expression, commonness: Commonness) -> None:
        self.expression = expression
        self.text = expression.text.strip()
        self._answers: dict[int, bool] = {}
        self._names = tuple(sorted(expression.names))
        self.cover = cover(expression, commonness)
        """Whoever may serve has one of these needs; None: anybody might."""
        known = self.cover or ()
        self._musts = tuple(sorted(musts(expression), key=lambda need: need in known))
        """Those first by which nobody was found."""
        self._alternatives = alternatives(expression)
        needs = (EVERYBODY,) if self.cover is None else tuple(sorted(self.cover))
        self.labels: tuple[Hashable, ...] = needs
        """Where agents who may serve look for calls."""
        self.scored = tuple(name for name in self._names if not name.startswith(TEAM_PREFIX))
        """The skills it names; a team is none."""

    def met_by(self, skills: Mapping[str, int]) -> bool:
        """Whether somebody with these proficiencies may serve."""
        return self.expression.holds({name: skills.get(name, 0) for name in self._names})

    def accepts(self, profile: Profile) -> bool:
        """As `met_by`, remembered; all profiles given to one requirement are of one engine."""
        skills = profile.skills
        for skill, least in self._musts:
            if skills.get(skill, 0) < least:
                return False
        if self._alternatives is not None:
            return any(
                all(skills.get(skill, 0) >= least for skill, least in needs)
                for needs in self._alternatives
            )
        answer = self._answers.get(profile.ident)
        if answer is None:
            answer = self._answers[profile.ident] = self.met_by(profile.skills)
        return answer


class Together:
    """Requirements that have to be met all at once, made at no cost from those at hand."""

    __slots__ = ("_parts", "cover", "scored")

    def __init__(self, parts: Sequence[Requirement], commonness: Commonness) -> None:
        self._parts = parts
        self.cover = rarest((part.cover for part in parts), commonness)
        """As that of one requirement."""
        self.scored = tuple(sorted({name for part in parts for name in part.scored}))

    def accepts(self, profile: Profile) -> bool:
        return all(part.accepts(profile) for part in self._parts)


class Requirements:
    """Requirements of one engine: the same text is the same object, as long as it is kept."""

    def __init__(self, commonness: Commonness = lambda _need: 0) -> None:
        self.commonness = commonness
        self.of = lru_cache(maxsize=KEPT_MAX)(partial(Requirement, commonness=commonness))

    def get(self, text: str) -> Requirement:
        """The requirement written in `text`; BadRequirementError when it is none."""
        try:
            return self.of(parse_requirement(text.strip()))
        except ExpressionError as error:
            raise BadRequirementError(f"skills {error}") from error
