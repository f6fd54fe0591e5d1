"""Prompts as written in YAML, turned into audio; and every text a flow set may ever speak.

A prompt is a text, or a list of texts, `{file: name}`, values of variables (`{number: variable}`,
`{date: variable}`, ...) and translations: a mapping from language to a text or a list, of which
callers hear the one in their language. A text without translations is in the site's default one,
unless it names its own: `{text: Pour le français, appuyez sur le 2., language: fr}`.
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
from ivr.flow.languages import languages_spoken
from ivr.flow.node import AudioRef, LanguageRef, NumberRef, SpokenText, TextRef, VariableRef
from ivr.model.site import Site
from ivr.model.units import OneOrMany
from ivr.ports import Audio, SoundFile, Spoken
from ivr.spoken import GRAMMARS, LanguageKey
from ivr.spoken.values import KINDS, CurrencyCode, Manner, say, vocabulary


class Piece(BaseModel):
    """One piece of a prompt: a text, a sound file, or the value of a variable, said as its field
    names; exactly one of them is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: SpokenText | None = Field(default=None, description="A text that is spoken.")
    file: AudioRef | None = Field(
        default=None,
        description="A sound: a file under `sounds/` without its suffix, or `asterisk/NAME`.",
    )
    digits: VariableRef | None = Field(
        default=None, description="A variable whose value is read out character by character."
    )
    number: NumberRef | None = Field(
        default=None, description="A variable whose value is said as a number."
    )
    date: TextRef | None = Field(
        default=None, description="A variable that holds a date such as 2026-12-24 or 20261224."
    )
    time: TextRef | None = Field(
        default=None, description="A variable that holds a time of day such as 9:05 or 0905."
    )
    duration: NumberRef | None = Field(
        default=None,
        description="A variable that holds seconds, said as hours, minutes and seconds.",
    )
    money: NumberRef | None = Field(
        default=None, description="A variable that holds an amount of `currency`."
    )
    spell: VariableRef | None = Field(
        default=None, description="A variable whose value is spelled, letter by letter."
    )
    currency: CurrencyCode | None = Field(
        default=None, description="What the amount in `money` is in; only with it."
    )
    language: LanguageRef | None = Field(
        default=None,
        description="Who hears `text` hears it in this language, whatever their own; only with it.",
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
        return {"anyOf": [{"type": "string"}, {**piece, "minProperties": 1, "maxProperties": 2}]}

    @model_validator(mode="after")
    def _exactly_one(self) -> "Piece":
        given = self.model_fields_set - {"currency", "language"}
        if len(given) != 1:
            kinds = ", ".join(KINDS)
            raise ValueError(f"give a text, or one of file, {kinds}: {{number: VARIABLE}}")
        if (self.money is None) != (self.currency is None):
            raise ValueError("money and currency go together: {money: VARIABLE, currency: EUR}")
        if self.language is not None and self.text is None:
            raise ValueError(
                "only a text has a language of its own: {text: Bonjour., language: fr}"
            )
        return self

    @property
    def value(self) -> tuple[str, Manner] | None:
        """The variable, if it is one whose value is said, and how."""
        for kind in KINDS:
            if (variable := getattr(self, kind)) is not None:
                return variable, Manner(kind, self.currency or "EUR")
        return None


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str | Mapping) else value


Pieces = Annotated[
    tuple[Piece, ...],
    BeforeValidator(_one_or_many),
    Field(min_length=1, max_length=50),
    OneOrMany(),
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
        yield Spoken(piece.text, piece.language or text_in)
    elif piece.file is not None:
        yield SoundFile(piece.file, language)
    elif piece.value is not None:
        variable, manner = piece.value
        yield from spoken_value(as_text(variables[variable]), manner, language)


def spoken_value(text: str, manner: Manner, language: str) -> Iterator[Spoken]:
    """The value in words of this language."""
    return (Spoken(fragment, language) for fragment in say(text, manner, _known(language)))


def _known(language: str) -> LanguageKey:
    return next((key for key in GRAMMARS if key == language), "en")


def texts(flows: Mapping[str, Flow], site: Site) -> set[Spoken]:
    """Everything these flows may ever say, in every language in which somebody may hear it."""
    spoken = languages_spoken(flows, site)
    found = set()
    for (flow, name), languages in spoken.items():
        node = flows[flow].nodes[name]
        for piece, only in _pieces(node, ""):
            if piece.text is not None and only in ("", *languages):
                found.add(Spoken(piece.text, piece.language or only))
            elif piece.value is not None:
                for key in languages & {only} if only else languages:
                    words = vocabulary(piece.value[1], _known(key))
                    found |= {Spoken(fragment, key) for fragment in words}
        for language in languages:
            found |= {Spoken(phrase, language) for phrase in node.says(site, language)}
    everywhere = {site.default_language}.union(*spoken.values())
    return found | {Spoken(site.words(one).apology, one) for one in everywhere}


def _pieces(value: object, language: str) -> Iterator[tuple[Piece, str]]:
    """The pieces of every prompt inside, and the language for which alone one is there."""
    if isinstance(value, Piece):
        yield value, language
    elif isinstance(value, Translations):
        for key, pieces in value.root.items():
            yield from _pieces(pieces, key)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _pieces(getattr(value, name), language)
    elif isinstance(value, list | tuple | Mapping):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _pieces(item, language)


def spoken_texts(audio: Iterable[Audio]) -> str:
    """What a listener would write down: the texts joined, sound files as `<name>`."""
    return " ".join(one.text if isinstance(one, Spoken) else f"<{one.name}>" for one in audio)
