"""Relaxation: the timeline along which a call asks for less, or for others, or weighs more.

Each step rewrites the expression before it, so that steps add up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ivr.acd.errors import BadRequirementError
from ivr.acd.requirement import Requirement, Requirements
from ivr.expression import Expression, ExpressionError, parse_requirement
from ivr.expression.rendering import render
from ivr.expression.tree import Comparison, Constant, Junction, Membership, Name, Negation, Part
from ivr.model.site import Relaxation

TRUE = True


@dataclass(frozen=True)
class Stage:
    """What is asked for from `after_s` on, and by how many points the call weighs more by then."""

    after_s: float
    requirement: Requirement
    priority: int


def stages(
    requirement: Requirement, steps: Sequence[Relaxation], known: Requirements
) -> tuple[Stage, ...]:
    """The whole timeline: what is asked for at first, then after each step."""
    found = [Stage(0.0, requirement, 0)]
    expression = requirement.expression
    for step in steps:
        expression = relaxed(expression, step)
        priority = found[-1].priority + step.priority
        found.append(Stage(step.after, known.of(expression), priority))
    return tuple(found)


def relaxed(expression: Expression, step: Relaxation) -> Expression:
    """What is asked for once this step is in force; BadRequirementError for a bad `add`."""
    root = _dropped(_lowered(expression.root, step.lower), frozenset(step.drop), wish=True)
    if step.add:
        try:
            other = parse_requirement(step.add)
        except ExpressionError as error:
            raise BadRequirementError(f"add: {error}") from error
        root = _either(root, other.root)
    if _is(root, TRUE):
        return parse_requirement("")
    return Expression(render(root), root)


def _lowered(part: Part, enough: Mapping[str, int]) -> Part:
    """Every threshold above what is enough becomes that; what stands under a `not` asks for less
    the higher it is, and stays."""
    match part:
        case Comparison(sign=">=" | ">" as sign, left=Name() as skill, right=Constant() as level):
            return _eased(part, skill, level, enough, strict=sign == ">")
        case Comparison(sign="<=" | "<" as sign, left=Constant() as level, right=Name() as skill):
            return _eased(part, skill, level, enough, strict=sign == "<")
        case Junction():
            left, right = _lowered(part.left, enough), _lowered(part.right, enough)
            return replace(part, left=left, right=right)
    return part


def _eased(
    part: Comparison, skill: Name, level: Constant, enough: Mapping[str, int], *, strict: bool
) -> Part:
    """Proficiencies are whole: more than 5 asks for 6."""
    least = enough.get(skill.name)
    if least is None or not isinstance(level.constant, int | float):
        return part
    above = level.constant >= least if strict else level.constant > least
    return Comparison(part.column, ">=", skill, Constant(level.column, least)) if above else part


def _dropped(part: Part, names: frozenset[str], *, wish: bool) -> Part:
    """Conditions on these skills become what they were meant to be: true, or false under a not."""
    match part:
        case Junction():
            left = _dropped(part.left, names, wish=wish)
            right = _dropped(part.right, names, wish=wish)
            return _junction(part, left, right)
        case Negation():
            inner = _dropped(part.operand, names, wish=not wish)
            if isinstance(inner, Constant):
                return _constant(part, not inner.constant)
            return replace(part, operand=inner)
        case Comparison() | Membership() if names & set(_names(part)):
            return _constant(part, wish)
    return part


def _junction(part: Junction, left: Part, right: Part) -> Part:
    """`true and x` is x, `true or x` is true, and so on."""
    neutral = part.word == "and"
    for one, other in ((left, right), (right, left)):
        if _is(one, neutral):
            return other
        if _is(one, not neutral):
            return one
    return replace(part, left=left, right=right)


def _either(first: Part, second: Part) -> Part:
    return first if _is(first, TRUE) else Junction(1, "or", first, second)


def _is(part: Part, value: bool) -> bool:
    return isinstance(part, Constant) and part.constant is value


def _constant(part: Part, value: bool) -> Constant:
    return Constant(part.column, constant=value)


def _names(part: Part) -> Iterator[str]:
    if isinstance(part, Name):
        yield part.name
    for inner in part.parts():
        yield from _names(inner)
