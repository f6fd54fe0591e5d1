"""collect: take digits from the caller into a variable."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from ivr.flow.node import Target, VariableRef
from ivr.nodes.base import MATCH, NO_INPUT, NO_MATCH, Visit
from ivr.nodes.prompt import Prompt
from ivr.nodes.question import Question

YES_KEY, AGAIN_KEY = "1", "2"
_CONFIRM_ASKED_MAX = 2


class Collect(Question):
    """Takes `min` to `max` digits; the caller may finish early with `terminator` (default `#`).

    Fields: `into` (variable); `min` (1), `max`; `terminator` (a key, or empty for none);
    `pattern`: regular expression the whole input must match; `checksum: luhn`; `confirm`: prompt
    that reads the input back (`{digits: VARIABLE}` says what was just typed) and asks for 1 = yes,
    2 = enter it again; `sensitive` (false): the value is masked in every event and log; and those
    of every question (see Question). An input that is too short or fails a test is a `no_match`,
    and so is one that the caller does not confirm. Exits: `next`, `no_input`, `no_match`.
    """

    type: ClassVar[str] = "collect"
    into: VariableRef
    min: Annotated[int, Field(ge=1, le=50)] = 1
    max: Annotated[int, Field(ge=1, le=50)]
    terminator: Annotated[str, Field(pattern=r"^[*#]?$")] = "#"
    pattern: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    checksum: Literal["luhn"] | None = None
    confirm: Prompt | None = None
    sensitive: bool = False
    next: Target

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _min_below_max(self) -> "Collect":
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) is above max ({self.max})")
        return self

    @property
    def is_sensitive(self) -> bool:
        return self.sensitive

    async def run(self, visit: Visit) -> str:
        tries = self.tries()
        while True:
            result, typed = await self.ask(visit, tries)
            if result != MATCH:
                return result
            if self.confirm is None or await self._confirmed(visit, self.confirm, typed):
                visit.assign(self.into, typed)
                return "next"
            if not tries.take(NO_MATCH):
                return NO_MATCH

    async def read_rest(self, visit: Visit, first: str) -> str:
        typed, key = "", first
        while key and key != self.terminator:
            typed += key
            if len(typed) == self.max:
                break
            key = await visit.call.wait_key(self.digit_timeout_s)
        return typed

    def accepts(self, typed: str) -> bool:
        return (
            self.min <= len(typed) <= self.max
            and all(key in "0123456789" for key in typed)
            and (self.pattern is None or re.fullmatch(self.pattern, typed) is not None)
            and (self.checksum is None or luhn_valid(typed))
        )

    async def _confirmed(self, visit: Visit, question: Prompt, typed: str) -> bool:
        audio = question.audio({**visit.variables, self.into: typed})
        for _ in range(_CONFIRM_ASKED_MAX):
            key = await visit.first_key(audio, self.timeout_s, barge_in=self.barge_in)
            known = key in (YES_KEY, AGAIN_KEY)
            result = MATCH if known else NO_MATCH if key else NO_INPUT
            visit.record_input(key, result)
            if known:
                return key == YES_KEY
        return False


def luhn_valid(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others, as on payment cards."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
