"""Numbers, texts and flags; and how a value of one kind is read as another without ever failing.

An expression that passed `check` never needs the readings: they make evaluation total also for
one that was not checked, or when a variable holds what it should not.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import isnan
from typing import Literal

from ivr.model.errors import UserError

Type = Literal["number", "text", "flag"]
Value = int | float | str | bool

NUMBER_MAX = 10**15
"""Numbers are kept between plus and minus this, so that no sum overflows."""

FRACTION_DIGITS_MAX = 9
"""Sums are rounded to so many: 0.1 + 0.2 is 0.3, as whoever writes it means."""

TEXT_CHARS_MAX = 4096
"""Joined texts are cut here, so that a flow that goes round cannot fill the memory."""


@dataclass(frozen=True, order=True)
class Complaint:
    """What is wrong with an expression; `column` counts from 1."""

    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return self.message + (f" ({self.hint})" if self.hint else "")


class ExpressionError(UserError):
    """The text is no expression."""

    def __init__(self, text: str, complaint: Complaint) -> None:
        self.complaint = complaint
        shown = text if len(text) <= 100 else text[:100] + "..."
        super().__init__(f"{shown!r}, column {complaint.column}: {complaint}")


def type_of(value: Value) -> Type:
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"


def as_number(value: Value | None) -> int | float:
    """Numbers within the limits; what is no number is 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    if isinstance(value, float) and isnan(value):
        return 0
    return max(-NUMBER_MAX, min(NUMBER_MAX, value))


def as_text(value: Value | None) -> str:
    """Texts as they are, numbers and flags as they are written, nothing as empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:TEXT_CHARS_MAX]
    if isinstance(value, bool):
        return "true" if value else "false"
    number = round(as_number(value), FRACTION_DIGITS_MAX)
    if number == int(number):
        return str(int(number))
    return format(Decimal(f"{number:.15g}"), f".{FRACTION_DIGITS_MAX}f").rstrip("0").rstrip(".")


def as_flag(value: Value | None) -> bool:
    return value is True


def read_number(text: str) -> int | float:
    """The number a text spells (`42`, `-3.5`), else 0."""
    body = text.strip().removeprefix("-")
    whole, _, fraction = body.partition(".")
    digits = whole + fraction
    if len(digits) > 15 or not whole or not digits.isascii() or not digits.isdigit():
        return 0
    number = float(body) if fraction else int(whole)
    return -number if text.strip().startswith("-") else number
