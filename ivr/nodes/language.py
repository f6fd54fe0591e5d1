"""language: the caller is served in another language from here on."""

from collections.abc import Collection, Iterable
from typing import ClassVar

from pydantic import Field, model_validator

from ivr.expression.values import as_text
from ivr.flow.node import LanguageRef, Target, VariableRef
from ivr.nodes.base import Node, Visit


class Language(Node):
    """Sets the language in which the caller hears everything from here on.

    Voice and wording change, of prompts, announcements in line and Asterisk's own sounds;
    expressions know the language as `language`. Give exactly one of `language` and `variable`.
    """

    type: ClassVar[str] = "language"
    language: LanguageRef | None = Field(None, description="The language's key, e.g. `fr`.")
    variable: VariableRef | None = Field(None, description="A text that holds the key.")
    next: Target = Field(description="Taken when the language is set.")
    unknown: Target | None = Field(
        None, description="Taken when the variable holds no language of the site."
    )

    @model_validator(mode="after")
    def _one_language(self) -> "Language":
        if (self.language is None) == (self.variable is None):
            raise ValueError("give exactly one of language and variable")
        if (self.variable is None) != (self.unknown is None):
            raise ValueError("unknown is the exit for a variable, and has to be there with one")
        return self

    def languages(self, known: Collection[str]) -> Iterable[str]:
        return known if self.language is None else (self.language,)

    @property
    def is_instant(self) -> bool:
        return True

    async def run(self, visit: Visit) -> str:
        wanted = self.language
        if self.variable is not None:
            held = as_text(visit.variables[self.variable])
            wanted = next((key for key in visit.site.voices if key == held), None)
        if wanted is None:
            return "unknown"
        await visit.speak(wanted)
        return "next"
