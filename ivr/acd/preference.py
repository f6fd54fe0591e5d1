"""Preferences: who is tried first. They only rank; in the end the plain requirement decides."""

from collections.abc import Sequence
from itertools import product

from ivr.acd.requirement import Requirement, Requirements
from ivr.expression import Expression, parse_requirement
from ivr.expression.rendering import render
from ivr.expression.tree import Constant, Junction


def tries(
    requirement: Requirement, prefer: Sequence[str], known: Requirements
) -> tuple[Requirement, ...]:
    """What is asked for, one after the other, until somebody free is found.

    An earlier preference weighs more than all later ones together: with two of them first both,
    then the first alone, then the second alone, then neither.
    """
    return tuple(
        _both(requirement, [one for one, asked in zip(prefer, wishes, strict=True) if asked], known)
        for wishes in product((True, False), repeat=len(prefer))
    )


def _both(requirement: Requirement, wishes: Sequence[str], known: Requirements) -> Requirement:
    if not wishes:
        return requirement
    root = requirement.expression.root
    for wish in wishes:
        other = parse_requirement(wish).root
        root = other if isinstance(root, Constant) else Junction(1, "and", root, other)
    return known.of(Expression(render(root), root))
