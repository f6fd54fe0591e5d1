"""What conditions can come to together, whatever the variables hold.

Between the constants that a variable is compared with, no condition changes: one value from each
stretch stands for all of it. What is more than a variable compared with constants counts as a
variable of its own, free of all others, so that more may seem possible than is, but never less.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, product
from math import prod

from ivr.expression.rendering import render
from ivr.expression.tree import (
    Comparison,
    Constant,
    Expression,
    Junction,
    Membership,
    Name,
    Negation,
    Part,
    Types,
)
from ivr.expression.values import Value, type_of

_OTHER_TEXT = "\x00"
"""One that no expression holds."""


def outcomes(
    conditions: Sequence[Expression],
    types: Types,
    *,
    digits: Collection[str] = (),
    numbers: Collection[int] = (),
    cost_max: int,
) -> set[tuple[bool, ...]] | None:
    """Every combination of truth values that the conditions, each without complaints for these
    types, may have at the same time; None when finding out costs more: values to try, times parts.

    `digits` are the texts that hold nothing else; `numbers`, if any, is all that a number may be.
    """
    reading = _Reading(types)
    roots = [reading.simple(one.root) for one in conditions]
    domains = {name: _domain(reading, name, digits, numbers) for name in reading.constants}
    parts = sum(one.size for one in conditions)
    if parts * prod(map(len, domains.values())) > cost_max:
        return None
    found = set()
    for values in product(*domains.values()):
        held = dict(zip(domains, values, strict=True))
        found.add(tuple(root.value(held) is True for root in roots))
    return found


@dataclass
class _Reading:
    types: Types
    constants: dict[str, set[Value]] = field(default_factory=dict)
    """Variable, or what counts as one -> what it is compared with."""
    kinds: dict[str, str] = field(default_factory=dict)

    def simple(self, part: Part) -> Part:
        """The same condition, made of variables and constants alone."""
        if isinstance(part, Constant):
            return part
        if isinstance(part, Negation):
            return replace(part, operand=self.simple(part.operand))
        if isinstance(part, Junction):
            return replace(part, left=self.simple(part.left), right=self.simple(part.right))
        if isinstance(part, Comparison):
            left, right = _folded(part.left), _folded(part.right)
            if isinstance(right, Constant):
                return replace(part, left=self._variable(left, [right]), right=right)
            if isinstance(left, Constant):
                return replace(part, left=left, right=self._variable(right, [left]))
        if isinstance(part, Membership):
            choices = [_folded(one) for one in part.choices]
            constants = [one for one in choices if isinstance(one, Constant)]
            if len(constants) == len(choices):
                item = self._variable(_folded(part.item), constants)
                return replace(part, item=item, choices=tuple(choices))
        return self._variable(_folded(part), [])

    def _variable(self, part: Part, constants: Iterable[Constant]) -> Part:
        if isinstance(part, Constant):
            return part
        name = part.name if isinstance(part, Name) else render(part)
        self.kinds[name] = part.check(self.types, []) or "text"
        self.constants.setdefault(name, set()).update(one.constant for one in constants)
        return Name(part.column, name)


def _folded(part: Part) -> Part:
    """A constant in place of what holds no variable."""
    value = None if Expression("", part).names else part.value({})
    return part if value is None else Constant(part.column, value)


def _domain(
    reading: _Reading, name: str, digits: Collection[str], numbers: Collection[int]
) -> list[Value]:
    kind = reading.kinds[name]
    constants = [one for one in reading.constants[name] if type_of(one) == kind]
    if kind == "flag":
        return [True, False]
    if kind == "number":
        return list(numbers) or list(
            _stretches([one for one in constants if not isinstance(one, str)])
        )
    texts = [one for one in constants if isinstance(one, str)]
    if name in digits:
        texts = [one for one in texts if not one or (one.isascii() and one.isdigit())]
    return [*texts, _OTHER_TEXT]


def _stretches(constants: Sequence[float]) -> Iterator[float]:
    """The constants, and a number from between each two, below and above all."""
    ordered = sorted(constants)
    if not ordered:
        yield 0
        return
    yield ordered[0] - 1
    yield from ordered
    yield from ((low + high) / 2 for low, high in pairwise(ordered))
    yield ordered[-1] + 1
