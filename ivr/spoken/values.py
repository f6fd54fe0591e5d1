"""Values of variables as fragments, and every fragment that may ever be needed for them.

A value that is not what it should be (a date that is none, a number too large) is read out
character by character: callers hear what is there, and nothing fails while they wait.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal, get_args

from ivr.spoken.grammar import HOURS_MAX, NUMBER_MAX, YEAR_MAX, YEAR_MIN, Fragments, Grammar
from ivr.spoken.languages import GRAMMARS, LanguageKey

Kind = Literal["digits", "number", "date", "time", "duration", "money", "spell"]
"""How a value is said."""

KINDS: tuple[Kind, ...] = get_args(Kind)

CurrencyCode = Literal["CHF", "EUR", "GBP", "USD"]

FRACTION_DIGITS_MAX = 6

CHARS_MAX = 64
"""Of a longer text, so many characters are read out."""


@dataclass(frozen=True)
class Manner:
    """How a value is said; `currency` of an amount of money."""

    kind: Kind
    currency: CurrencyCode = "EUR"


def say(text: str, manner: Manner, language: LanguageKey) -> Fragments:
    """The value, written as `text`, in words."""
    grammar = GRAMMARS[language]
    said = _SAY[manner.kind](text.strip(), manner, grammar)
    return _characters(text, grammar.characters) if said is None else said


@lru_cache(maxsize=256)
def vocabulary(manner: Manner, language: LanguageKey) -> frozenset[str]:
    """Every fragment that `say` may come to, for any text."""
    grammar = GRAMMARS[language]
    own = (fragment for said in _ALL[manner.kind](manner, grammar) for fragment in said)
    return frozenset(own) | frozenset(grammar.characters.values())


def _characters(text: str, names: Mapping[str, str]) -> Fragments:
    """What has no name (a space, a hyphen) is silent."""
    return tuple(names[one] for one in text[:CHARS_MAX] if one in names)


# --- one kind after the other: what is said, None for a text that is no such value


def _digits(text: str, _: Manner, grammar: Grammar) -> Fragments:
    return _characters(text, grammar.characters)


def _spell(text: str, _: Manner, grammar: Grammar) -> Fragments:
    """Letters without a name of their own are named without their accents."""
    said = []
    for character in text[:CHARS_MAX]:
        plain = unicodedata.normalize("NFKD", character)[:1].upper()
        names = (character, character.upper(), plain)
        said += [grammar.symbols[name] for name in names if name in grammar.symbols][:1]
    return tuple(said)


def _number(text: str, _: Manner, grammar: Grammar) -> Fragments | None:
    number = _decimal(text)
    rounded = None if number is None else round(number, FRACTION_DIGITS_MAX)
    if rounded is None or abs(rounded) > NUMBER_MAX:
        return None
    return grammar.number(rounded)


def _money(text: str, manner: Manner, grammar: Grammar) -> Fragments | None:
    number = _decimal(text)
    if number is None:
        return None
    hundredths = int((number * 100).to_integral_value(ROUND_HALF_UP))
    if abs(hundredths) > NUMBER_MAX * 100:
        return None
    return grammar.money(hundredths, manner.currency)


def _duration(text: str, _: Manner, grammar: Grammar) -> Fragments | None:
    seconds = _decimal(text)
    whole = None if seconds is None else int(seconds.to_integral_value(ROUND_HALF_UP))
    if whole is None or not 0 <= whole < HOURS_MAX * 3600:
        return None
    return grammar.duration(whole)


def _date(text: str, _: Manner, grammar: Grammar) -> Fragments | None:
    try:
        day = date.fromisoformat(text) if text.isascii() and len(text) in (8, 10) else None
    except ValueError:
        return None
    if day is None or not YEAR_MIN <= day.year <= YEAR_MAX:
        return None
    return grammar.date(day)


def _time(text: str, _: Manner, grammar: Grammar) -> Fragments | None:
    hour, colon, minute = text.partition(":")
    if not colon:
        hour, minute = text[:-2], text[-2:]
    if not (hour + minute).isascii() or not hour.isdigit() or not minute.isdigit():
        return None
    if len(hour) > 2 or len(minute) != 2 or int(hour) > 23 or int(minute) > 59:
        return None
    return grammar.time(int(hour), int(minute))


def _decimal(text: str) -> Decimal | None:
    """A number as expressions write it, within the limits."""
    try:
        number = Decimal(text) if text.isascii() and "_" not in text else None
    except InvalidOperation:
        return None
    if number is None or not number.is_finite() or abs(number) > NUMBER_MAX:
        return None
    return number


_SAY: Mapping[Kind, Callable[[str, Manner, Grammar], Fragments | None]] = {
    "digits": _digits,
    "number": _number,
    "date": _date,
    "time": _time,
    "duration": _duration,
    "money": _money,
    "spell": _spell,
}


# --- values that, together, need every fragment there is: each part of a value varies by itself


def _of_groups(said: Callable[[int], Fragments]) -> Iterator[Fragments]:
    """A number is said group by group, so every group at every place is all there is."""
    for scale in (1, 1000, 1_000_000):
        yield from (said(group * scale) for group in range(1000))


def _all_numbers(_: Manner, grammar: Grammar) -> Iterator[Fragments]:
    yield from _of_groups(grammar.cardinal)
    yield (grammar.minus, grammar.point)


def _all_dates(_: Manner, grammar: Grammar) -> Iterator[Fragments]:
    yield from (grammar.date(date(year, 1, 1)) for year in range(YEAR_MIN, YEAR_MAX + 1))
    yield from (grammar.date(date(2000, month, 1)) for month in range(1, 13))
    yield from (grammar.date(date(2000, 1, day)) for day in range(1, 32))


def _all_times(_: Manner, grammar: Grammar) -> Iterator[Fragments]:
    yield from (grammar.time(hour, minute) for hour in range(24) for minute in range(60))


def _all_durations(_: Manner, grammar: Grammar) -> Iterator[Fragments]:
    for unit_s, number in ((1, 60), (60, 60), (3600, HOURS_MAX)):
        yield from (grammar.duration(count * unit_s) for count in range(number))
    yield (grammar.conjunction,)


def _all_amounts(manner: Manner, grammar: Grammar) -> Iterator[Fragments]:
    yield from _of_groups(lambda number: grammar.money(number * 100, manner.currency))
    yield from (grammar.money(hundredths, manner.currency) for hundredths in range(100))
    yield (grammar.minus, grammar.hundredths)


_ALL: Mapping[Kind, Callable[[Manner, Grammar], Iterable[Fragments]]] = {
    "digits": lambda _, grammar: [tuple(grammar.characters.values())],
    "number": _all_numbers,
    "date": _all_dates,
    "time": _all_times,
    "duration": _all_durations,
    "money": _all_amounts,
    "spell": lambda _, grammar: [tuple(grammar.symbols.values())],
}
