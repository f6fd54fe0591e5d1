"""What a node's references may name, and what is wrong with one that does not."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from ivr.document import Problem, suggest
from ivr.document.document import Path
from ivr.expression import Complaint, ExpressionError, Type, parse
from ivr.flow.draft import Draft
from ivr.flow.node import BUILTIN_VARIABLES
from ivr.flow.references import Found
from ivr.flow.templates import holes, template_complaints
from ivr.model.site import Site
from ivr.site.policies import requirement_complaints, vocabulary

_TYPE_OF_VARIABLE: Mapping[str, Type] = {"number_variable": "number", "text_variable": "text"}

SoundExists = Callable[[str], bool]


_DECLARED: Mapping[str, tuple[str, ...]] = {
    "queue": ("queues",),
    "agent": ("agents",),
    "calendar": ("calendars",),
    "mailbox": ("mailboxes",),
    "http target": ("http",),
    "language": ("languages", "language", "voice"),
    "extension": ("agents", "phones"),
    "skills": ("skills", "teams"),
}
"""What is named -> the parts of the site that declare it."""


@dataclass(frozen=True)
class Known:
    """Names outside the flow. `site` is None when nothing could be read of the site file."""

    flows: Collection[str]
    site: Site | None
    sound_exists: SoundExists
    lost: Collection[Path] = ()
    """Where the site file has what nobody could read."""

    def has_sound(self, name: str) -> bool:
        """Whether there is a sound of this name, be it for one language only."""
        languages = () if self.site is None else self.site.voices
        found = any(map(self.sound_exists, (name, *(f"{one}/{name}" for one in languages))))
        return found or self._is_unsure("language")

    def names(self, kind: str) -> Collection[str] | None:
        """The names of this kind, or None when nobody can tell."""
        if kind == "flow":
            return self.flows
        if self.site is None or self._is_unsure(kind):
            return None
        by_kind: Mapping[str, Callable[[Site], Collection[str]]] = {
            "queue": lambda site: site.queues,
            "agent": lambda site: site.agents,
            "calendar": lambda site: site.calendars,
            "mailbox": lambda site: site.mailboxes,
            "http target": lambda site: site.http,
            "language": lambda site: site.voices,
            "extension": lambda site: site.extensions,
            "skills": vocabulary,
        }
        return by_kind[kind](self.site)

    def _is_unsure(self, kind: str) -> bool:
        """Whether the site may have more of this kind than could be read."""
        names_alone = kind not in ("extension", "language")
        return any(
            one[0] in _DECLARED[kind] and not (names_alone and len(one) > 2) for one in self.lost
        )


_BRACES = re.compile(r"\{ *(\w+) *\}")
"""What looks like a variable in a text that is spoken."""

_NO_TEXTS = frozenset({"true", "false", "null", "none"})
"""What looks like a switch where a text is spoken."""


def check_node_references(draft: Draft, known: Known) -> Iterator[Problem]:
    """Every reference that does not resolve, of nodes that are wrong otherwise, too."""
    types = draft.types()
    for name, found, document in draft.found():
        path = document.written(("nodes", name, *found.path))
        for one in _complaints(draft, found, known, types):
            offset = one.column - 1
            yield document.problem(path, one.message, one.hint, key=found.is_key, offset=offset)


def _complaints(
    draft: Draft, found: Found, known: Known, types: Mapping[str, Type | None]
) -> Iterator[Complaint]:
    value = found.value
    if found.kind == "node":
        yield from _missing("node", value, draft.nodes)
    elif found.kind == "variable":
        yield from _missing("variable", value, types)
        if found.is_key and value in BUILTIN_VARIABLES:
            yield Complaint(1, f"variable {value!r} cannot be set", "declare one of your own")
    elif found.kind == "filled":
        yield from _missing("variable", value, types)
        if value in BUILTIN_VARIABLES:
            yield Complaint(1, f"variable {value!r} cannot be set", "declare one of your own")
        elif types.get(value) == "flag":
            hint = "declare it as digits, number or text"
            yield Complaint(1, f"variable {value!r} is a flag, which takes no such value", hint)
    elif found.kind in _TYPE_OF_VARIABLE:
        yield from _missing("variable", value, types)
        kind, wanted = types.get(value), _TYPE_OF_VARIABLE[found.kind]
        if kind not in (None, wanted):
            yield Complaint(1, f"variable {value!r} is a {kind}, and a {wanted} is needed here")
    elif found.kind == "condition":
        yield from _expression(value, types, "flag")
    elif found.kind == "assignment":
        yield from _expression(value, types, types.get(str(found.path[-1])))
    elif found.kind == "formula":
        yield from _expression(value, types, None)
    elif found.kind == "number_formula":
        yield from _expression(value, types, "number")
    elif found.kind == "template":
        yield from template_complaints(value)
        for column, name in holes(value):
            for one in _missing("variable", name, types):
                yield Complaint(column, one.message, one.hint)
    elif found.kind == "skills":
        skills = known.names("skills")
        if skills is not None:
            yield from requirement_complaints(value, skills)
    elif found.kind == "speech":
        if not any(char.isalnum() for char in value):
            yield Complaint(1, "a prompt without anything to say", "write what callers hear")
        if value.lower() in _NO_TEXTS:
            hint = "write what callers hear, or leave the line out"
            yield Complaint(1, f"callers would hear the word {value!r}", hint)
        for hole in _BRACES.finditer(value):
            hint = f'a variable is a piece of its own: ["...", {{number: {hole[1]}}}, "..."]'
            yield Complaint(hole.start() + 1, f"callers would hear {hole[0]!r} as it stands", hint)
    elif found.kind == "audio":
        if not known.has_sound(value):
            hint = "put a WAV file into sounds/, or write asterisk/NAME for one of Asterisk's own"
            yield Complaint(1, f"there is no sound file {value!r}", hint)
    else:
        names = known.names(found.kind)
        if names is not None:
            yield from _missing(found.kind, value, names)


def _missing(kind: str, value: str, names: Collection[str]) -> Iterator[Complaint]:
    if value not in names:
        yield Complaint(1, f"there is no {kind} {value!r}", suggest(value, names))


def _expression(
    text: str, types: Mapping[str, Type | None], wanted: Type | None
) -> tuple[Complaint, ...]:
    try:
        return parse(text).check(types, wanted)
    except ExpressionError as error:
        return (error.complaint,)
