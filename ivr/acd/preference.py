"""Preferences: who is tried first. They only rank; in the end the plain requirement decides."""

from collections.abc import Sequence
from itertools import compress, product

from ivr.acd.ask import Asked
from ivr.acd.requirement import Requirement, Requirements, Together


def make_tries(
    requirement: Requirement, prefer: Sequence[str], known: Requirements
) -> tuple[Asked, ...]:
    """What is asked for, one after the other, until somebody free is found.

    An earlier preference weighs more than all later ones together: with two of them first both,
    then the first alone, then the second alone, then neither.
    """
    wishes = [known.get(text) for text in prefer]
    ways = product((True, False), repeat=len(prefer))
    joined = [(requirement, *compress(wishes, way)) for way in ways]
    return (*(Together(parts, known.commonness) for parts in joined[:-1]), requirement)
