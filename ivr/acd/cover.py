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

ALTERNATIVES_MAX = 16

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


def rarest(covers: Iterable[Cover | None], commonness: Commonness) -> Cover | None:
    """Of what has to be met together, the cover with the fewest people."""
    known = (cover for cover in covers if cover is not None)
    return min(known, key=lambda cover: _size(cover, commonness), default=None)


def musts(expression: Expression) -> tuple[Need, ...]:
    """Needs that whoever meets the expression has, every one of them: no more than a quick refusal,
    for not everything that is asked for can be said like this."""
    return tuple(_musts(expression.root))


def alternatives(expression: Expression) -> tuple[tuple[Need, ...], ...] | None:
    """Sets of needs: whoever has all of one meets the expression, and nobody else does. None when
    it cannot be said like this, or takes too many sets."""
    return _alternatives(expression.root)


def _alternatives(part: Part) -> tuple[tuple[Need, ...], ...] | None:
    if isinstance(part, Junction):
        left, right = _alternatives(part.left), _alternatives(part.right)
        if left is None or right is None:
            return None
        if part.word == "and":
            both = tuple((*one, *other) for one in left for other in right)
            return both if len(both) <= ALTERNATIVES_MAX else None
        return left + right if len(left) + len(right) <= ALTERNATIVES_MAX else None
    if isinstance(part, Comparison) and part.sign != "==":
        need = _need(part)
        return None if need is None else ((need,),)
    return None


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
        if part.word == "and":
            return rarest(sides, commonness)
        known = [side for side in sides if side is not None]
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
