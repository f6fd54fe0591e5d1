"""What all nodes that ask have in common: a question to the caller, a limited number of times."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from ivr.flow.flow import KeyWait, Retries
from ivr.flow.node import Target
from ivr.nodes.base import MATCH, NO_INPUT, NO_MATCH, Node, Visit
from ivr.nodes.prompt import Prompt
from ivr.ports import Audio


@dataclass
class Tries:
    """How often the question may still be put again; silence and wrong keys count separately."""

    no_input: int
    no_match: int

    def take(self, result: str) -> bool:
        """Uses one up; False when there was none left."""
        if result == NO_INPUT:
            self.no_input -= 1
            return self.no_input >= 0
        self.no_match -= 1
        return self.no_match >= 0


class Question(Node):
    """A node that asks, a limited number of times; silence and wrong keys count separately."""

    takes_input: ClassVar[bool] = True
    prompt: Prompt = Field(description="The question.")
    no_input_prompt: Prompt | None = Field(
        default=None, description="Said after silence, before the question is put again."
    )
    no_match_prompt: Prompt | None = Field(
        default=None, description="Said after a wrong answer, before the question is put again."
    )
    no_input_retries: Retries = Field(
        default=2, description="How often the question is put again after silence."
    )
    no_match_retries: Retries = Field(
        default=2, description="How often the question is put again after a wrong answer."
    )
    timeout_s: KeyWait = Field(
        default=5, description="How long to wait for the first key after the question."
    )
    digit_timeout_s: KeyWait = Field(default=2, description="How long to wait between keys.")
    barge_in: bool = Field(default=True, description="A key cuts the question short.")
    no_input: Target = Field(description="Taken after silence, when the retries are used up.")
    no_match: Target = Field(
        description="Taken after a wrong answer, when those retries are used up."
    )

    @abstractmethod
    async def read_rest(self, visit: Visit, first: str) -> str:
        """Everything typed, given the first key; without any terminator."""

    @abstractmethod
    def accepts(self, visit: Visit, typed: str) -> bool:
        """Whether this is an answer to the question."""

    async def read_keys(
        self, visit: Visit, first: str, *, end: str, is_whole: Callable[[str], bool]
    ) -> str:
        """Keys until a pause, the key `end` (not part of them), or until what was typed is whole:
        nothing could follow."""
        typed, key = "", first
        while key and key != end:
            typed += key
            if is_whole(typed):
                break
            key = await visit.call.wait_key(self.digit_timeout_s)
        return typed

    def tries(self) -> Tries:
        return Tries(self.no_input_retries, self.no_match_retries)

    async def ask(self, visit: Visit, tries: Tries) -> tuple[str, str]:
        """Asks until answered or out of tries: (`match` or the exit to take, what was typed)."""
        lead_in: Sequence[Audio] = ()
        while True:
            audio = (*lead_in, *self.prompt.audio(visit.variables))
            first = await visit.first_key(audio, self.timeout_s, barge_in=self.barge_in)
            typed = await self.read_rest(visit, first) if first else ""
            result = self._result(visit, first, typed)
            visit.record_input(typed, result, sensitive=self.is_sensitive)
            if result == MATCH or not tries.take(result):
                return result, typed
            help_prompt = self.no_input_prompt if result == NO_INPUT else self.no_match_prompt
            lead_in = help_prompt.audio(visit.variables) if help_prompt else ()

    def _result(self, visit: Visit, first: str, typed: str) -> str:
        if not first:
            return NO_INPUT
        return MATCH if self.accepts(visit, typed) else NO_MATCH
