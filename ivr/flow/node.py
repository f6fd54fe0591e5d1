"""What a node is, before it does anything: typed fields, named exits, marked references.

A node class says what each of its strings names by the type it gives the field (`Target`,
`QueueRef`, ...); the check resolves every one of them without knowing the class. Marks work in
`X | None`, `list[X]`, `dict[str, X]`, `dict[X, ...]` and in nested models.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from ivr.flow.references import Found, Reference, find_references
from ivr.model.site import Name, Site
from ivr.spoken import LanguageKey

Target = Annotated[Name, Reference("node")]
"""The name of the node an exit leads to."""

QueueRef = Annotated[str, Reference("queue")]
"""A queue of the site."""

CalendarRef = Annotated[str, Reference("calendar")]
"""A calendar of the site."""

MailboxRef = Annotated[Name, Reference("mailbox")]
"""A mailbox of the site."""

FlowRef = Annotated[str, Reference("flow")]
"""Another flow, or this one; the walk goes on at its start."""

ExtensionRef = Annotated[str, Reference("extension")]
"""The extension of one of the site's agents or phones."""

AgentRef = Annotated[str, Reference("agent")]
"""An agent of the site."""

VariableRef = Annotated[str, Reference("variable")]
"""A variable the flow declares, or one of BUILTIN_VARIABLES."""

NumberRef = Annotated[str, Reference("number_variable")]
"""A variable that is a number."""

TextRef = Annotated[str, Reference("text_variable")]
"""A variable that is a text, or digits."""

FilledRef = Annotated[str, Reference("filled")]
"""A variable that the node sets to a text or a number: one that is no flag."""

Assignment = Annotated[str, Reference("assignment")]
"""A value expression for the variable named by the key above it.

Use as `dict[VariableRef, Assignment]`; the expression's type must be the variable's.
"""

Condition = Annotated[str, Reference("condition")]
"""An expression over the flow's variables that is true or false."""

SkillExpression = Annotated[str, Reference("skills")]
"""A condition over proficiencies of the site's skills; empty asks for nothing."""

LanguageRef = Annotated[LanguageKey, Reference("language")]
"""A language of the site."""

AudioRef = Annotated[str, Reference("audio")]
"""A sound file by name, without suffix."""

SpokenText = Annotated[str, Reference("speech")]
"""Text for the speech engine; the check refuses one without anything to say."""

HttpTargetRef = Annotated[str, Reference("http target")]
"""A system the site declares under `http`."""

Formula = Annotated[str, Reference("formula")]
"""An expression over the flow's variables, of any type."""

NumberFormula = Annotated[str, Reference("number_formula")]
"""An expression over the flow's variables that is a number; it ends up in the journal."""

Template = Annotated[str, Reference("template")]
"""A text in which `{variable}` stands for a variable's value."""

BUILTIN_VARIABLES = frozenset({"caller", "caller_name", "dialled", "language"})
"""Texts every flow can read without declaring them; nobody may set them."""


@dataclass(frozen=True)
class FlowCall:
    """A flow that a node calls, to go on by one of `results` when it comes back."""

    flow: str
    give: Mapping[str, str]
    """Variable of the called flow -> expression over those of the calling one."""
    take: Mapping[str, str]
    """Variable of the calling flow -> variable of the called one."""
    results: Mapping[str, str]
    """Result of the called flow -> node of the calling one."""


Secrecy = Literal["typed", "told"]
"""Where a secret comes from: typed by the caller, or told by another system."""


@dataclass(frozen=True)
class SurveyTerms:
    """What is asked under a name; whoever asks under the same name asks the same."""

    survey: str
    terms: str
    """Kind and scale, to be shown."""


class NodeSpec(BaseModel):
    """One node as written in YAML. Subclasses add fields; exits are the fields of type Target.

    A Target field that is None is an exit not wired: the walk treats taking it as an error, so
    required exits are required fields. Mapping fields `dict[str, Target]` (menu choices) give one
    exit per key, named `field:key`; a Target inside a nested model is named by the path to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[str]
    repeatable: ClassVar[bool] = True
    """False when a call taken over in this node must go on at `next` instead of in it again."""
    takes_input: ClassVar[bool] = False
    """True when the node waits for the caller: a loop through such a node is no endless loop."""
    ends_walk: ClassVar[bool] = False
    """True when a walk may end in this node (hang-up, another flow): it needs no exit."""
    leaves_line: ClassVar[bool] = False
    """True when a caller who stands in line and is only away for a while may not come here."""
    offers_callback: ClassVar[bool] = False
    """True when the queue whose line the caller stands in has to call back."""
    success: bool = Field(
        default=False,
        description="Reaching this node counts as served without an agent (IVR containment).",
    )

    @cached_property
    def references(self) -> tuple[Found, ...]:
        """Everything this node refers to; found once, because every check asks."""
        return tuple(find_references(self))

    def exits(self) -> Mapping[str, str]:
        """Exit name -> node name, for every exit that is wired."""
        return self._exits

    @cached_property
    def _exits(self) -> Mapping[str, str]:
        """Found once: every call that leaves the node asks."""
        return {
            ":".join(str(part) for part in found.path): found.value
            for found in self.references
            if found.kind == "node"
        }

    def calls(self) -> FlowCall | None:
        """The flow this node calls and waits for, if any."""
        return None

    def returns(self) -> str:
        """The result with which a called flow ends here; empty: it does not."""
        return ""

    @property
    def is_instant(self) -> bool:
        """Nothing is heard or waited for here: what was kept of the call before is good enough for
        a server that takes it over."""
        return False

    @property
    def is_sensitive(self) -> bool:
        """Nothing is recorded and nobody listens in while this node runs."""
        return False

    def secrets_taken(self) -> Mapping[str, Secrecy]:
        """The variables that hold a secret after this node, as far as it sets them."""
        return {}

    def digits_taken(self) -> Mapping[str, int]:
        """The variables that take what is typed here, and how many digits that may be."""
        return {}

    def survey_terms(self) -> SurveyTerms | None:
        """The survey this node asks for, if any."""
        return None

    def detours(self) -> Mapping[str, str]:
        """The exits that lead away from this node for a while and back to it."""
        return {}

    def languages(self, known: Collection[str]) -> Iterable[str]:
        """Of the site's languages, those in which callers may go on at `next`; empty: as before."""
        del known
        return ()

    def says(self, site: Site, language: str) -> Iterable[str]:
        """Phrases that are not written in the flow but may be said here, in that language."""
        del site, language
        return ()
