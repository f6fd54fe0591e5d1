"""What callers type must fit the variable that takes it: else the call fails, and they hear that
something went wrong."""

from collections.abc import Iterator

from ivr.document import Problem
from ivr.expression.tokens import DIGITS_MAX
from ivr.flow.draft import Draft


def check_typed(draft: Draft) -> Iterator[Problem]:
    """Variables that hold fewer digits than may be typed into them."""
    types = draft.types()
    for name, node in draft.good_nodes():
        for variable, digits in node.digits_taken().items():
            if types.get(variable) == "number" and digits > DIGITS_MAX:
                message = f"{variable!r} is a number, which has {DIGITS_MAX} digits at most"
                hint = "declare it as digits, or lower max"
                yield draft.document.problem(("nodes", name, "max"), message, hint)
