"""What the languages have in common when they say numbers, dates, times, durations and amounts.

A value is said as fragments, one after the other. A number is composed group by group (millions,
thousands, the rest), so what may be said is bounded whatever the number.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

NUMBER_MAX = 999_999_999
"""Larger numbers are read out digit by digit."""

HOURS_MAX = 999
YEAR_MIN, YEAR_MAX = 1900, 2099

Form = Literal["alone", "masculine", "feminine", "joined"]
"""What a number stands before: nothing, a noun of that gender, the word for thousand.

German has no word of its own for a neuter noun; it counts as masculine.
"""

Fragments = tuple[str, ...]


def words(text: str) -> list[str]:
    """The words of a list written as a text."""
    return text.split()


@dataclass(frozen=True)
class Unit:
    """Something counted; `of` is what follows a round million, where that is not the plural."""

    one: str
    many: str
    form: Form = "masculine"
    of: str = ""


@dataclass(frozen=True)
class Currency:
    """An amount of money has two units, one a hundredth of the other."""

    unit: Unit
    hundredth: Unit


class Grammar(ABC):
    """One language. `characters` names digits and keys, `symbols` what else may be spelled."""

    characters: ClassVar[Mapping[str, str]]
    symbols: ClassVar[Mapping[str, str]]
    minus: ClassVar[str]
    point: ClassVar[str]
    """Before the digits of a fraction."""
    conjunction: ClassVar[str]
    """Before the last part of a duration."""
    hundredths: ClassVar[str]
    """Between the two parts of an amount of money."""
    hour: ClassVar[Unit]
    minute: ClassVar[Unit]
    second: ClassVar[Unit]
    currencies: ClassVar[Mapping[str, Currency]]
    """By ISO 4217 code."""

    @abstractmethod
    def group(self, number: int, form: Form) -> Fragments:
        """A number from 0 to 999."""

    @abstractmethod
    def thousands(self, number: int, form: Form) -> Fragments:
        """So many thousands, from 1 to 999."""

    @abstractmethod
    def millions(self, number: int) -> Fragments:
        """So many millions, from 1 to 999."""

    @abstractmethod
    def date(self, day: date) -> Fragments:
        """A day from YEAR_MIN to YEAR_MAX."""

    @abstractmethod
    def time(self, hour: int, minute: int) -> Fragments:
        """A time of day, by the clock people use in conversation."""

    def is_singular(self, number: int) -> bool:
        return number == 1

    def cardinal(self, number: int, form: Form = "alone") -> Fragments:
        """A number from 0 to NUMBER_MAX, as it is said before what it counts."""
        millions, below = divmod(number, 1_000_000)
        thousands, rest = divmod(below, 1000)
        said: Fragments = self.millions(millions) if millions else ()
        if thousands:
            said += self.thousands(thousands, form)
        if rest or not said:
            said += self.group(rest, form)
        return said

    def count(self, number: int, unit: Unit) -> Fragments:
        """So many of these."""
        word = unit.one if self.is_singular(number) else unit.many
        if unit.of and number and number % 1_000_000 == 0:
            word = unit.of
        return (*self.cardinal(number, unit.form), word)

    def number(self, number: Decimal) -> Fragments:
        """A number up to NUMBER_MAX on either side of 0; its fraction digit by digit."""
        whole, _, fraction = f"{abs(number):f}".partition(".")
        said = self.cardinal(int(whole))
        if fraction.strip("0"):
            said += (self.point, *(self.characters[digit] for digit in fraction.rstrip("0")))
        return (self.minus, *said) if number < 0 else said

    def duration(self, seconds: int) -> Fragments:
        """A duration below HOURS_MAX hours."""
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        counted = ((hour, self.hour), (minute, self.minute), (second, self.second))
        parts = [self.count(number, unit) for number, unit in counted if number]
        if len(parts) > 1:
            parts.insert(-1, (self.conjunction,))
        said = [fragment for part in parts for fragment in part]
        return tuple(said) or self.count(0, self.second)

    def money(self, hundredths: int, currency: str) -> Fragments:
        """An amount in hundredths of the currency's unit; a part that is nothing is not said."""
        units, rest = divmod(abs(hundredths), 100)
        of = self.currencies[currency]
        said = self.count(units, of.unit) if units or not rest else ()
        if units and rest:
            said += (self.hundredths,)
        if rest:
            said += self.count(rest, of.hundredth)
        return (self.minus, *said) if hundredths < 0 else said
