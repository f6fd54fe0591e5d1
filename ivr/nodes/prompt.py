"""Prompts as written in YAML, turned into audio; and every text a flow set may ever speak.

A prompt is a text, or a list of texts, `{file: name}` and `{digits: variable}`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from ivr.expression.values import Value, as_text
from ivr.flow import Flow
from ivr.flow.node import AudioRef, SpokenText, VariableRef
from ivr.flow.references import find_references
from ivr.ports import Audio, SoundFile, Spoken

CHARACTER_WORDS: Mapping[str, str] = {
    "0": "zero",
    "1": "one",
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
    "*": "star",
    "#": "pound",
    "+": "plus",
    ".": "point",
}
"""What `{digits: variable}` says for each character; any other (a space, a hyphen) is silent."""

APOLOGY = "We are sorry, something went wrong. Please call again later. Goodbye."
"""What callers hear when a flow fails."""


class PromptItem(BaseModel):
    """One piece of a prompt; exactly one of its fields is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: SpokenText | None = None
    file: AudioRef | None = None
    digits: VariableRef | None = None
    """The variable's value, read out character by character."""

    @model_validator(mode="before")
    @classmethod
    def _text_alone(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _exactly_one(self) -> "PromptItem":
        given = [one for one in (self.text, self.file, self.digits) if one is not None]
        if len(given) != 1:
            raise ValueError("give a text, {file: name} or {digits: variable}")
        return self


class Prompt(RootModel[tuple[PromptItem, ...]]):
    """What the caller hears: at least one piece, in order."""

    model_config = ConfigDict(frozen=True)
    root: tuple[PromptItem, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str | Mapping) else value

    def audio(self, variables: Mapping[str, Value]) -> tuple[Audio, ...]:
        """The audio to play, with `variables` read out where the prompt asks for it."""
        return tuple(one for item in self.root for one in _item_audio(item, variables))


def _item_audio(item: PromptItem, variables: Mapping[str, Value]) -> Iterator[Audio]:
    if item.text is not None:
        yield Spoken(item.text)
    elif item.file is not None:
        yield SoundFile(item.file)
    elif item.digits is not None:
        for character in as_text(variables[item.digits]):
            if character in CHARACTER_WORDS:
                yield Spoken(CHARACTER_WORDS[character])


def texts(flows: Mapping[str, Flow]) -> list[str]:
    """Every text these flows may speak, sorted, each once: what must be rendered beforehand."""
    found = {APOLOGY}
    for node in (node for flow in flows.values() for node in flow.nodes.values()):
        for reference in find_references(node):
            if reference.kind == "speech":
                found.add(reference.value)
            elif reference.kind == "variable" and reference.path[-1] == "digits":
                found.update(CHARACTER_WORDS.values())
    return sorted(found)


def spoken_texts(audio: Iterable[Audio]) -> str:
    """What a listener would write down: the texts joined, sound files as `<name>`."""
    return " ".join(one.text if isinstance(one, Spoken) else f"<{one.name}>" for one in audio)
