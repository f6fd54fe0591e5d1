"""Prompts as written in YAML, turned into audio; and every text a flow set may ever speak.

A prompt is a text, or a list of texts, `{file: name}`, `{digits: variable}` and translations: a
mapping from language to a text or a list, of which callers hear the one in their language. A text
without translations is in the site's default language.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    RootModel,
    model_validator,
)

from ivr.expression.values import Value, as_text
from ivr.flow import Flow
from ivr.flow.languages import by_language, languages_spoken
from ivr.flow.node import AudioRef, LanguageRef, SpokenText, VariableRef
from ivr.model.site import Site
from ivr.ports import Audio, SoundFile, Spoken
from ivr.spoken import CHARACTERS


class Piece(BaseModel):
    """One piece of a prompt; exactly one of its fields is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: SpokenText | None = Field(default=None, description="A text that is spoken.")
    file: AudioRef | None = Field(
        default=None,
        description="A sound: a file under `sounds/` without its suffix, or `asterisk/NAME`.",
    )
    digits: VariableRef | None = Field(
        default=None, description="A variable whose value is read out character by character."
    )

    @model_validator(mode="before")
    @classmethod
    def _text_alone(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A text alone is a piece, too."""
        piece = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [{"type": "string"}, {**piece, "minProperties": 1, "maxProperties": 1}]}

    @model_validator(mode="after")
    def _exactly_one(self) -> "Piece":
        given = [one for one in (self.text, self.file, self.digits) if one is not None]
        if len(given) != 1:
            raise ValueError("give a text, {file: name} or {digits: variable}")
        return self


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str | Mapping) else value


Pieces = Annotated[
    tuple[Piece, ...], BeforeValidator(_one_or_many), Field(min_length=1, max_length=50)
]


class Translations(RootModel[dict[LanguageRef, Pieces]]):
    """The same said in several languages."""

    model_config = ConfigDict(frozen=True)
    root: dict[LanguageRef, Pieces] = Field(min_length=1)


class Prompt(RootModel[tuple[Piece | Translations, ...]]):
    """What the caller hears: at least one piece, in order."""

    model_config = ConfigDict(frozen=True)
    root: tuple[Piece | Translations, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return _one_or_many(value)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """One piece needs no list around it."""
        pieces = handler.resolve_ref_schema(handler(schema))
        return {"title": "Prompt", "anyOf": [pieces["items"], pieces]}

    def audio(self, variables: Mapping[str, Value]) -> tuple[Audio, ...]:
        """The audio to play, with `variables` read out where the prompt asks for it.

        The language is that of the variable `language`.
        """
        return tuple(self._audio(variables, as_text(variables.get("language"))))

    def _audio(self, variables: Mapping[str, Value], language: str) -> Iterator[Audio]:
        for item in self.root:
            if isinstance(item, Piece):
                yield from _piece_audio(item, variables, language, text_in="")
                continue
            key = next((one for one in item.root if one == language), next(iter(item.root)))
            for piece in item.root[key]:
                yield from _piece_audio(piece, variables, key, text_in=key)


def _piece_audio(
    piece: Piece, variables: Mapping[str, Value], language: str, *, text_in: str
) -> Iterator[Audio]:
    if piece.text is not None:
        yield Spoken(piece.text, text_in)
    elif piece.file is not None:
        yield SoundFile(piece.file, language)
    elif piece.digits is not None:
        yield from read_out(as_text(variables[piece.digits]), language)


def read_out(text: str, language: str) -> Iterator[Spoken]:
    """The text character by character; what has no name (a space, a hyphen) is silent."""
    names = _names(language)
    for character in text:
        if character in names:
            yield Spoken(names[character], language)


def _names(language: str) -> Mapping[str, str]:
    return next((names for key, names in CHARACTERS.items() if key == language), CHARACTERS["en"])


def texts(flows: Mapping[str, Flow], site: Site) -> set[Spoken]:
    """Everything these flows may ever say, in every language in which somebody may hear it."""
    spoken = languages_spoken(flows, site)
    found = set()
    for (flow, name), languages in spoken.items():
        node = flows[flow].nodes[name]
        for reference, only in by_language(node):
            if reference.kind == "speech":
                found |= {Spoken(reference.value, only)} if only in ("", *languages) else set()
            elif reference.kind == "variable" and reference.path[-1] == "digits":
                found |= {one for key in languages for one in read_out("".join(_names(key)), key)}
        for language in languages:
            found |= {Spoken(phrase, language) for phrase in node.says(site, language)}
    everywhere = {site.default_language}.union(*spoken.values())
    return found | {Spoken(site.words(one).apology, one) for one in everywhere}


def spoken_texts(audio: Iterable[Audio]) -> str:
    """What a listener would write down: the texts joined, sound files as `<name>`."""
    return " ".join(one.text if isinstance(one, Spoken) else f"<{one.name}>" for one in audio)
