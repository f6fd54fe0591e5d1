"""Texts with `{variable}` in them."""

import re
from collections.abc import Callable, Iterator

from ivr.expression import Complaint

_HOLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def fill(template: str, value_of: Callable[[str], str]) -> str:
    """The template with each hole filled; what is filled in is never looked at again."""
    return _HOLE.sub(lambda hole: value_of(hole[1]), template)


def holes(template: str) -> Iterator[tuple[int, str]]:
    """(column from 1, variable) of each hole."""
    return ((hole.start(1) + 1, hole[1]) for hole in _HOLE.finditer(template))


def template_complaints(template: str) -> Iterator[Complaint]:
    """Braces that make no hole."""
    for brace in re.finditer(r"[{}]", _HOLE.sub(lambda hole: "." * len(hole[0]), template)):
        yield Complaint(brace.start() + 1, "a brace alone", "write {variable}")
