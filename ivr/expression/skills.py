"""Skill requirements: conditions over an agent's proficiencies, a missing skill being 0."""

from ivr.expression.parser import parse
from ivr.expression.tree import Constant, Expression

ALWAYS = Expression("", Constant(1, constant=True))
"""The requirement that asks for nothing."""


def parse_requirement(text: str) -> Expression:
    """The requirement written in `text`; empty asks for nothing. Raises ExpressionError."""
    return parse(text) if text.strip() else ALWAYS
