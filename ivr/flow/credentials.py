"""Passwords and tokens written into a flow, where everybody reads them."""

import re
from collections.abc import Iterator

from ivr.document import Problem
from ivr.expression import ExpressionError, parse
from ivr.flow.draft import Draft
from ivr.flow.references import Found
from ivr.model.credentials import is_credential

_IN_ADDRESS = re.compile(r"[?&]([^=&?{}]+)=([^&{}]+)")

HINT = "give the system a header with {secret: NAME} in the site file"


def check_credentials(draft: Draft) -> Iterator[Problem]:
    """Credentials that do not come from a variable, in what another system is asked."""
    for name, node in draft.good_nodes():
        for found in node.references:
            field = _credential(found)
            if field:
                path = draft.document.written(("nodes", name, *found.path))
                message = f"{field!r} is written here, where everybody reads it"
                yield draft.document.problem(path, message, HINT)


def _credential(found: Found) -> str:
    """The name of the field whose credential is written out; empty: there is none."""
    if found.kind == "template":
        given = (match[1] for match in _IN_ADDRESS.finditer(found.value))
        return next((name for name in given if is_credential(name)), "")
    if found.kind == "formula" and found.path[0] in ("query", "body"):
        name = str(found.path[-1])
        return name if is_credential(name) and _is_constant(found.value) else ""
    return ""


def _is_constant(formula: str) -> bool:
    """Whether it is the same text for every caller, and no empty one."""
    try:
        expression = parse(formula)
        return not expression.names and expression.evaluate({}) not in ("", True, False)
    except ExpressionError:
        return False  # said where it is checked as an expression
