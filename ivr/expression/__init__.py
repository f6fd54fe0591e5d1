"""A small expression language for branches and for the skills a call asks for.

Invariant: pure and total. `parse` ends in an Expression or in one ExpressionError with a column;
evaluating an Expression ends in a value, whatever the variables hold, and never raises. It knows
no attribute, no index, no loop, and no call but the listed functions.
"""

from ivr.expression.parser import parse
from ivr.expression.skills import ALWAYS, parse_requirement
from ivr.expression.tree import Expression
from ivr.expression.values import Complaint, ExpressionError, Type, Value

__all__ = [
    "ALWAYS",
    "Complaint",
    "Expression",
    "ExpressionError",
    "Type",
    "Value",
    "parse",
    "parse_requirement",
]
