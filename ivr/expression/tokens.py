"""Text to tokens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.expression.values import Complaint, ExpressionError

TEXT_CHARS_MAX = 1000
DIGITS_MAX = 15

WORDS = frozenset({"and", "or", "not", "in", "true", "false"})

_TOKEN = re.compile(
    r"(?P<space>[ \t\n]+)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<sign>==|!=|<=|>=|[-+<>(),\[\]])",
    re.ASCII,
)

_INSTEAD = {
    "=": "write == to compare",
    "&": "write and",
    "|": "write or",
    "!": "write not, or != to compare",
    "'": "the text has no end",
    '"': "the text has no end",
    "*": "there is + and - only",
    "/": "there is + and - only",
    ".": "names have no dots",
    "$": "write the variable's name alone",
    "{": "write the variable's name alone",
}

Kind = Literal["number", "name", "text", "sign", "word", "end"]


@dataclass(frozen=True)
class Token:
    """`column` counts from 1."""

    kind: Kind
    text: str
    column: int


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of `text`, with one of kind `end` last. Raises ExpressionError."""
    if len(text) > TEXT_CHARS_MAX:
        message = f"an expression has at most {TEXT_CHARS_MAX} characters"
        raise ExpressionError(text, Complaint(1, message))
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            hint = _INSTEAD.get(text[position], "")
            message = f"unexpected {text[position]!r}"
            raise ExpressionError(text, Complaint(position + 1, message, hint))
        if match.lastgroup != "space":
            yield _token(text, match, position + 1)
        position = match.end()
    yield Token("end", "", len(text) + 1)


def _token(text: str, match: re.Match[str], column: int) -> Token:
    found = match.group()
    if match["number"] is not None:
        if len(found) > DIGITS_MAX:
            message = f"a number has at most {DIGITS_MAX} digits"
            raise ExpressionError(text, Complaint(column, message))
        return Token("number", found, column)
    if match["name"] is not None:
        return Token("word" if found in WORDS else "name", found, column)
    if match["text"] is not None:
        return Token("text", found[1:-1], column)
    return Token("sign", found, column)
