"""Conditions tried in order: one that is always true, never true, or tried before hides a way."""

from collections.abc import Iterator

from ivr.document import Problem
from ivr.expression import ExpressionError, parse
from ivr.flow.draft import Draft
from ivr.flow.references import Found


def check_choices(draft: Draft) -> Iterator[Problem]:
    """Ways that no caller can ever take, whatever the variables hold."""
    for name, node in draft.good_nodes():
        tried: set[str] = set()
        for found in node.references:
            told = _complaint(found, tried) if found.kind == "condition" else None
            if told is not None:
                path = draft.document.written(("nodes", name, *found.path))
                yield draft.document.problem(path, *told)


def _complaint(found: Found, tried: set[str]) -> tuple[str, str] | None:
    try:
        condition = parse(found.value)
    except ExpressionError:
        return None  # said where it is checked as an expression
    if not condition.names:
        if condition.holds({}):
            return "always true: no way after this one is ever taken", "write it as the last way"
        return "never true: this way is never taken", "leave it out, or ask for a variable"
    text = found.value.strip()
    if text in tried:
        return "the same condition stands above: this way is never taken", "leave one out"
    tried.add(text)
    return None
