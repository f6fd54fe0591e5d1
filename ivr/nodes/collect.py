"""collect: take digits from the caller into a variable."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ivr.flow.node import FilledRef, Secrecy, Target
from ivr.nodes.base import MATCH, NO_INPUT, NO_MATCH, Visit
from ivr.nodes.key_date import DateForm, Limits, parse_limit, read_date
from ivr.nodes.key_pattern import PatternError, key_pattern
from ivr.nodes.prompt import Prompt
from ivr.nodes.question import Question

YES_KEY, AGAIN_KEY = "1", "2"
GO_ON_S = 1.0
"""Nobody who is still typing pauses for longer."""
NUMBER_END = "#"
"""What the telephony system itself takes for the end of a number."""
_CONFIRM_ASKED_MAX = 2
_ANY_DAY = date(2000, 1, 1)
"""Stands for today where only the form of a limit matters."""
_YES_OR_NO = frozenset({"true", "yes", "on", "false", "no", "off"})
_FOUR_YEARS_DAYS = 4 * 365 + 1


class Collect(Question):
    """Takes digits from the caller into a variable.

    An input that is too short or fails a test is a `no_match`, and so is one that the caller does
    not confirm.
    """

    type: ClassVar[str] = "collect"
    into: FilledRef = Field(
        description="variable that takes the input: one of type `digits` as it was typed; one of "
        "type `text` also, but a date as 2026-11-25 (a month as 2026-11)"
    )
    min: Annotated[int, Field(ge=1, le=50)] = Field(1, description="digits at least")
    max: Annotated[int, Field(ge=1, le=50)] = Field(
        description="digits at most; the last one ends the input"
    )
    terminator: Annotated[str, Field(pattern=r"^[*#]?$")] = Field(
        "#", description="key that ends the input early; empty: none does"
    )
    pattern: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None,
        description="what the whole input must match: digits, `\\d`, `.`, `[0-5]`, groups, `|`, "
        "`*`, `+`, `?`, `{2,4}`",
    )
    checksum: Literal["luhn"] | None = Field(
        None, description="`luhn`: the last digit is the check digit, as on payment cards"
    )
    date: DateForm | None = Field(
        None, description="the input is a date, typed in this order; every digit of it is needed"
    )
    date_min: str | None = Field(
        None, description="earliest day: `2026-12-31`, `today`, `today-120y`, `today+6m`"
    )
    date_max: str | None = Field(
        None, description="latest day, like `date_min`; of a month one day within is enough"
    )
    confirm: Prompt | None = Field(
        None,
        description="reads the input back (`{digits: VARIABLE}` says what was just typed) and "
        "asks for 1 = yes, 2 = enter it again",
    )
    sensitive: bool = Field(
        False,
        description="the value is masked in every event and log, nobody listens in while the node "
        "runs, and a recording holds silence; what is typed beyond `max` without a pause of a "
        "second means nothing",
    )
    next: Target = Field(description="taken when the input is complete, tested and confirmed")

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, pattern: str | None, info: ValidationInfo) -> str | None:
        if pattern is None:
            return None
        try:
            whole = key_pattern(pattern)
        except PatternError as error:
            raise ValueError(str(error)) from error
        least, most = info.data.get("min"), info.data.get("max")
        if least is None or most is None or least > most:
            return pattern  # said there
        if not whole.may_have(least, most):
            digits = f"{least} to {most} digits" if least < most else f"{most} digits"
            raise ValueError(f"no input of {digits}, as min and max ask for, matches this pattern")
        return pattern

    @field_validator("confirm", mode="before")
    @classmethod
    def _is_question(cls, confirm: object) -> object:
        if isinstance(confirm, str) and confirm.lower() in _YES_OR_NO:
            raise ValueError(
                f"{confirm!r} would be spoken: write the question, such as "
                '["You entered", {digits: VARIABLE}, "Right? Press 1. Again? Press 2."]'
            )
        return confirm

    @field_validator("date_min", "date_max")
    @classmethod
    def _is_day(cls, limit: str | None) -> str | None:
        if limit is not None:
            parse_limit(limit, _ANY_DAY)
        return limit

    @model_validator(mode="after")
    def _fits_together(self) -> "Collect":
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) is above max ({self.max})")
        if self.date is None and (self.date_min or self.date_max):
            raise ValueError("date_min and date_max need date, which says how a date is typed")
        if self.date is not None:
            digits = len(self.date)
            if not self.min <= digits <= self.max:
                raise ValueError(f"a date typed as {self.date} has {digits} digits")
            if self.pattern is not None and not key_pattern(self.pattern).may_have(digits, digits):
                raise ValueError(f"no date typed as {self.date} matches the pattern")
        if self.date_min and self.date_max and _is_never(self.date_min, self.date_max):
            raise ValueError(f"no day is between {self.date_min} and {self.date_max}")
        return self

    @property
    def is_sensitive(self) -> bool:
        return self.sensitive

    def secrets_taken(self) -> Mapping[str, Secrecy]:
        return {self.into: "typed"} if self.sensitive else {}

    def digits_taken(self) -> Mapping[str, int]:
        return {self.into: self.max}

    async def run(self, visit: Visit) -> str:
        tries = self.tries()
        while True:
            result, typed = await self.ask(visit, tries)
            if result != MATCH:
                return result
            if self.confirm is None or await self._confirmed(visit, self.confirm, typed):
                visit.assign(self.into, self._value(visit, typed), secret=self.sensitive)
                return "next"
            if not tries.take(NO_MATCH):
                return NO_MATCH

    async def read_rest(self, visit: Visit, first: str) -> str:
        typed = await self._typed(visit, first)
        if self.sensitive and len(typed) == self.max:
            # Who types a secret may type too much of it: that answers no question after this one.
            await visit.call.pass_over_keys(GO_ON_S)
        return typed

    async def _typed(self, visit: Visit, first: str) -> str:
        if self.terminator != NUMBER_END:
            return await self.read_keys(
                visit, first, end=self.terminator, is_whole=lambda typed: len(typed) == self.max
            )
        if first == NUMBER_END:
            return ""
        return first + await visit.call.wait_keys(self.max - 1, self.digit_timeout_s)

    def accepts(self, visit: Visit, typed: str) -> bool:
        return (
            self.min <= len(typed) <= self.max
            and all(key in "0123456789" for key in typed)
            and (self.pattern is None or key_pattern(self.pattern).matches(typed))
            and (self.checksum is None or luhn_valid(typed))
            and (self.date is None or self._iso_date(visit, typed) is not None)
        )

    def _value(self, visit: Visit, typed: str) -> str:
        """What the variable takes."""
        declared = visit.flow.variables.get(self.into) if visit.flow else None
        if self.date is None or declared is None or declared.type != "text":
            return typed
        return self._iso_date(visit, typed) or typed

    def _iso_date(self, visit: Visit, typed: str) -> str | None:
        assert self.date is not None
        today = datetime.fromtimestamp(visit.clock.now(), ZoneInfo(visit.site.timezone)).date()
        limits = Limits(
            *((one and parse_limit(one, today)) or None for one in (self.date_min, self.date_max))
        )
        found = read_date(typed, self.date, limits, today)
        return found.iso if found else None

    async def _confirmed(self, visit: Visit, question: Prompt, typed: str) -> bool:
        audio = question.audio({**visit.variables, self.into: typed})
        for _ in range(_CONFIRM_ASKED_MAX):
            key = await visit.first_key(audio, self.timeout_s, barge_in=self.barge_in)
            known = key in (YES_KEY, AGAIN_KEY)
            result = MATCH if known else NO_MATCH if key else NO_INPUT
            # Who goes on typing here types what is secret.
            visit.record_input(key, result, sensitive=self.sensitive and not known)
            if known:
                return key == YES_KEY
        return False


def _is_never(first: str, last: str) -> bool:
    """Whether the one limit is after the other, whatever the day of the call."""
    if first.startswith("today") != last.startswith("today"):
        return False
    days = (_ANY_DAY + timedelta(days=day) for day in range(_FOUR_YEARS_DAYS))
    return all(parse_limit(first, day) > parse_limit(last, day) for day in days)


def luhn_valid(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others, as on payment cards."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
