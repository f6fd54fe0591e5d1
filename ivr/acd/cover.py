"""Which skills somebody must have, at which level, to meet an expression at all.

Invariant: whoever meets the expression has at least one of its cover's needs. So looking at those
people is enough, and an index by skill and level finds them.
"""

from collections.abc import Callable, Iterable, Iterator
from math import ceil, floor

from ivr.expression import Expression
from ivr.expression.tree import Comparison, Constant, Junction, Name, Part

LEVEL_MAX = 10
"""Of a proficiency."""

Need = tuple[str, int]
"""A skill, and the least level of it."""

Cover = frozenset[Need]

Commonness = Callable[[Need], int]
"""How many people have this need. Of two covers the one with fewer people is searched."""

_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "=="}


def cover(expression: Expression, commonness: Commonness) -> Cover | None:
    """The cover with the fewest people that can be seen; None: people without any of the skills
    may meet the expression, too."""
    return _cover(expression.root, commonness)


def musts(expression: Expression) -> tuple[Need, ...]:
    """Needs that whoever meets the expression has, every one of them: no more than a quick refusal,
    for not everything that is asked for can be said like this."""
    return tuple(_musts(expression.root))


def _musts(part: Part) -> Iterator[Need]:
    if isinstance(part, Junction) and part.word == "and":
        yield from _musts(part.left)
        yield from _musts(part.right)
    elif isinstance(part, Comparison):
        need = _need(part)
        if need is not None and need[1] >= 1:
            yield need


def _cover(part: Part, commonness: Commonness) -> Cover | None:
    if isinstance(part, Junction):
        sides = [_cover(part.left, commonness), _cover(part.right, commonness)]
        known = [side for side in sides if side is not None]
        if part.word == "and":
            return min(known, key=lambda side: _size(side, commonness), default=None)
        return frozenset().union(*known) if len(known) == len(sides) else None
    whole = Expression("", part)
    if whole.holds(dict.fromkeys(whole.names, 0)):
        return None
    need = _need(part) if isinstance(part, Comparison) else None
    if need is not None:
        return frozenset([need])
    # False for somebody with none of these skills: whoever meets it differs in one of them.
    return frozenset((name, 1) for name in whole.names)


def _size(needs: Iterable[Need], commonness: Commonness) -> tuple[int, list[Need]]:
    return sum(map(commonness, needs)), sorted(needs)


def _need(part: Comparison) -> Need | None:
    """The need in `skill >= 5` and its like, either way round."""
    left, right, sign = part.left, part.right, part.sign
    if isinstance(left, Constant):
        left, right, sign = right, left, _MIRRORED.get(sign, "")
    if not isinstance(left, Name) or not isinstance(right, Constant):
        return None
    least = right.constant
    if isinstance(least, bool | str) or sign not in (">", ">=", "=="):
        return None
    return left.name, floor(least) + 1 if sign == ">" else ceil(least)
