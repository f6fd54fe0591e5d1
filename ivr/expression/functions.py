"""The functions expressions may call: all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ivr.expression.values import Type, Value, as_number, as_text, read_number


@dataclass(frozen=True)
class Function:
    """Takes values of these types, in this order, and never raises."""

    takes: tuple[Type, ...]
    gives: Type
    call: Callable[[Sequence[Value | None]], Value]


FUNCTIONS: Mapping[str, Function] = {
    "length": Function(("text",), "number", lambda given: len(as_text(given[0]))),
    "starts_with": Function(
        ("text", "text"), "flag", lambda given: as_text(given[0]).startswith(as_text(given[1]))
    ),
    "ends_with": Function(
        ("text", "text"), "flag", lambda given: as_text(given[0]).endswith(as_text(given[1]))
    ),
    "contains": Function(
        ("text", "text"), "flag", lambda given: as_text(given[1]) in as_text(given[0])
    ),
    "number": Function(("text",), "number", lambda given: read_number(as_text(given[0]))),
    "text": Function(("number",), "text", lambda given: as_text(as_number(given[0]))),
}
"""Name -> function."""
