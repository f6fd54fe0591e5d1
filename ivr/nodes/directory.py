"""directory: the caller spells a name and chooses the person."""

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from ivr.flow.flow import KeyWait
from ivr.flow.node import FilledRef, Target
from ivr.model.site import Agent, Phone, Site
from ivr.nodes.base import MATCH, NO_INPUT, NO_MATCH, Visit
from ivr.nodes.key_name import find_people
from ivr.nodes.question import Question, Tries
from ivr.ports import Audio

PAGE_MAX = 8
"""People read out at once: keys 1 to 8 choose."""
FURTHER_KEY, AGAIN_KEY, END_KEY = "9", "*", "#"


class Directory(Question):
    """Finds a person by name: the caller spells its first letters on the keypad, and chooses.

    Letters are on keys 2 to 9, accents are left out; a name may begin with any of its words. Those
    found are read out by name, also when it is only one: "For Ana Silva, press 1". Who is listed
    stands in the site file: agents, and phones with `listed: true`. A `dial` node with `variable`
    rings the extension found. Star spells again, which counts as a wrong answer.
    """

    type: ClassVar[str] = "directory"
    into: FilledRef = Field(
        description="The variable that takes the extension of the person chosen."
    )
    min: Annotated[int, Field(ge=1, le=10)] = Field(
        default=3, description="Letters at least; fewer are enough for a whole word of a name."
    )
    max: Annotated[int, Field(ge=1, le=40)] = Field(
        default=20, description="Letters at most; `#` or a pause ends the input earlier."
    )
    digit_timeout_s: KeyWait = Field(
        default=3, description="How long to wait for the next letter: finding it takes a while."
    )
    next: Target = Field(description="Taken when the caller has chosen somebody.")

    @model_validator(mode="after")
    def _fits_together(self) -> "Directory":
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) is above max ({self.max})")
        return self

    def says(self, site: Site, language: str) -> Iterable[str]:
        words = site.words(language)
        yield from (words.directory_for(one.name) for one in site.people if one.listed)
        yield from (words.directory_by(str(key)) for key in range(1, PAGE_MAX + 1))
        yield from (words.directory_further, words.directory_again)

    async def run(self, visit: Visit) -> str:
        tries = self.tries()
        while True:
            result, typed = await self.ask(visit, tries)
            if result != MATCH:
                return result
            result, extension = await self._choose(visit, self._found(visit, typed), tries)
            if result == MATCH:
                visit.assign(self.into, extension)
                return "next"
            if result != AGAIN_KEY or not tries.take(NO_MATCH):
                return NO_INPUT if result == NO_INPUT else NO_MATCH

    async def read_rest(self, visit: Visit, first: str) -> str:
        return await self.read_keys(
            visit, first, end=END_KEY, is_whole=lambda typed: len(typed) == self.max
        )

    def accepts(self, visit: Visit, typed: str) -> bool:
        return bool(self._found(visit, typed))

    def _found(self, visit: Visit, typed: str) -> Sequence[Agent | Phone]:
        return find_people(visit.site.people, typed, self.min)

    async def _choose(
        self, visit: Visit, found: Sequence[Agent | Phone], tries: Tries
    ) -> tuple[str, str]:
        """(`match` and the extension chosen, or `*`, or the exit to take and nothing)."""
        at = 0
        while True:
            page, more = found[at : at + PAGE_MAX], at + PAGE_MAX < len(found)
            audio = _read_out(visit, page, more=more)
            key = await visit.first_key(audio, self.timeout_s, barge_in=self.barge_in)
            chosen = int(key) if key.isdigit() and 1 <= int(key) <= len(page) else 0
            known = chosen or key == AGAIN_KEY or (more and key == FURTHER_KEY)
            result = MATCH if known else NO_MATCH if key else NO_INPUT
            visit.record_input(key, result)
            if chosen:
                return MATCH, page[chosen - 1].extension
            if key == AGAIN_KEY:
                return AGAIN_KEY, ""
            if known:
                at += PAGE_MAX
            elif not tries.take(result):
                return result, ""


def _read_out(visit: Visit, page: Sequence[Agent | Phone], *, more: bool) -> Sequence[Audio]:
    words = visit.words
    phrases = []
    for key, person in enumerate(page, 1):
        phrases += [words.directory_for(person.name), words.directory_by(str(key))]
    further = [words.directory_further] if more else []
    return [visit.said(phrase) for phrase in (*phrases, *further, words.directory_again)]
