"""Text to Document, on PyYAML's event layer.

Events, not nodes: PyYAML composes nodes recursively, so a deep document would end in a
RecursionError; here depth, size and number are limited while reading.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from ivr.document.document import Document, Path, Value
from ivr.document.problems import DocumentError, Mark, Problem

TEXT_CHARS_MAX = 1_000_000
VALUES_MAX = 50_000
DEPTH_MAX = 20
SCALAR_CHARS_MAX = 10_000
PROBLEMS_MAX = 200
"""Reading stops here; whoever has so many mends these first."""


def load_document(text: str, filename: str) -> Document:
    """Reads one YAML document. Raises DocumentError with every problem found."""
    return read_quickly(text, filename) or read_carefully(text, filename)


def read_carefully(text: str, filename: str) -> Document:
    """By PyYAML's own parser, whose words and places problems are told in; as `load_document`."""
    reading = _Reading(filename)
    if len(text) > TEXT_CHARS_MAX:
        reading.complain(Mark(1, 1), f"the file is larger than {TEXT_CHARS_MAX} characters")
        raise DocumentError(reading.problems)
    try:
        _read_events(text, reading)
    except _StopReadingError:
        raise DocumentError(reading.problems) from None
    if not reading.documents and not reading.problems:
        reading.complain(Mark(1, 1), "the file is empty")
    root = _without_stand_ins(reading.root)
    document = Document(filename, text, root, reading.marks, reading.key_marks)
    if reading.problems:
        raise DocumentError(reading.problems, document if reading.complete else None)
    return document


def read_document(text: str, filename: str) -> tuple[Document | None, list[Problem]]:
    """The document, or what can be looked at in spite of its problems, and these."""
    try:
        return load_document(text, filename), []
    except DocumentError as error:
        return error.document, list(error.problems)


def _without_stand_ins(value: Value) -> Value:
    """Without what stands under keys that were refused. Depth is limited by the reader."""
    if isinstance(value, list):
        return [_without_stand_ins(one) for one in value]
    if isinstance(value, dict):
        kept = {key: one for key, one in value.items() if not key.startswith("\x00")}
        return {key: _without_stand_ins(one) for key, one in kept.items()}
    return value


_STRANGE = re.compile(
    r"[^\n -~\u00a1-\u1fff\u2010-\u2027\u2030-\ud7ff]"
    r"|^(?:%|---|\.\.\.)"
    r"|(?:^|[-\[{,:?]) *\?(?: |$)"
    r"|[|>][-+0-9]*#",
    re.MULTILINE,
)
"""Tabs, unusual signs, directives, several documents, keys after `?`, `|#`: no flow needs them."""


class CarefulLoader(yaml.SafeLoader):
    """Takes `?` within words also between braces and brackets, as YAML and libyaml do.

    PyYAML ends the words there (`{prompt: Which one?, ...}`), and would refuse for this a file that
    has other mistakes to be told.
    """

    _in_words = False

    def scan_plain(self) -> yaml.ScalarToken:
        self._in_words = True
        try:
            return super().scan_plain()
        finally:
            self._in_words = False

    def peek(self, index: int = 0) -> str:
        sign: str = super().peek(index)
        return "x" if sign == "?" and self._in_words else sign


class _StopReadingError(Exception):
    """No sense in reading on; the reason is among the problems."""


@dataclass
class _Open:
    """A mapping or list whose end has not been read yet."""

    value: list[Value] | dict[str, Value]
    path: Path
    key: str | None = None
    """The key read last, while its value is still to come."""
    skipped: int = 0
    """Makes room under a path of its own for the value of a key that was refused."""


@dataclass
class _Reading:
    filename: str
    root: Value = ""
    marks: dict[Path, Mark] = field(default_factory=dict)
    key_marks: dict[Path, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0
    values: int = 0
    complete: bool = True
    """False when something is missing that was meant to be there: the rest would look wrong."""

    def complain(self, mark: Mark, message: str, hint: str = "", *, lost: bool = True) -> None:
        self.complete &= not lost
        self.problems.append(Problem(self.filename, mark.line, mark.column, message, hint))
        if len(self.problems) >= PROBLEMS_MAX:
            raise _StopReadingError

    def stop(self, mark: Mark, message: str, hint: str = "") -> NoReturn:
        self.complain(mark, message, hint)
        raise _StopReadingError

    def take(self, event: Event) -> None:
        """Takes the parser's next event."""
        mark = _mark(event.start_mark)
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.stop(mark, "a second document begins here", "one document per file")
        elif isinstance(event, NodeEvent):
            self._take_node(event, mark)
        elif isinstance(event, CollectionEndEvent):
            self.stack.pop()

    def _take_node(self, event: NodeEvent, mark: Mark) -> None:
        self.values += 1
        if self.values > VALUES_MAX:
            self.stop(mark, f"the file has more than {VALUES_MAX} values")
        if isinstance(event, AliasEvent):
            self.complain(mark, f"alias '*{event.anchor}'", "aliases are not used; write it out")
        else:
            self._refuse_decoration(event, mark)
        value = self._value_of(event, mark)
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            top.key = self._key(top, value, event, mark)
            path: Path = (*top.path, top.key)
            self.key_marks.setdefault(path, mark)
        else:
            path = self._place(top, value, mark)
        if not isinstance(value, str):
            if len(self.stack) >= DEPTH_MAX:
                self.stop(mark, f"nested deeper than {DEPTH_MAX} levels")
            self.stack.append(_Open(value, path))

    def _refuse_decoration(self, event: NodeEvent, mark: Mark) -> None:
        if event.anchor is not None:
            self.complain(
                mark, f"anchor '&{event.anchor}'", "anchors are not used; write it out", lost=False
            )
        if getattr(event, "tag", None) is not None:
            self.complain(
                mark,
                "tags are not used",
                "every value is plain text: leave the tag out",
                lost=False,
            )

    def _value_of(self, event: NodeEvent, mark: Mark) -> Value:
        if isinstance(event, MappingStartEvent):
            return {}
        if isinstance(event, SequenceStartEvent):
            return []
        text = event.value if isinstance(event, ScalarEvent) else ""
        if len(text) > SCALAR_CHARS_MAX:
            self.complain(mark, f"a text longer than {SCALAR_CHARS_MAX} characters")
        elif any(_unprintable(char) for char in text):
            self.complain(mark, "a control character or half a surrogate pair", "leave it out")
        return text

    def _key(self, top: _Open, value: Value, event: NodeEvent, mark: Mark) -> str:
        """The key, or a stand-in that lets reading go on after a key that was refused."""
        assert isinstance(top.value, dict)
        top.skipped += 1
        stand_in = f"\x00{top.skipped}"
        if not isinstance(value, str):
            self.complain(mark, "a key must be one word", "quote texts that begin with { or [")
        elif isinstance(event, AliasEvent):
            return stand_in
        elif value == "<<" and not getattr(event, "style", ""):
            self.complain(mark, "merge key '<<'", "merging is not supported; write it out")
        elif not value:
            self.complain(mark, "a key is missing before this colon")
        elif value in top.value:
            first = self.key_marks[(*top.path, value)]
            hint = f"first written in line {first.line}"
            self.complain(mark, f"{value!r} is written twice", hint, lost=False)
        else:
            return value
        return stand_in

    def _place(self, top: _Open | None, value: Value, mark: Mark) -> Path:
        """Puts a value where it belongs."""
        path: Path = ()
        if top is None:
            self.root = value
        elif isinstance(top.value, list):
            path = (*top.path, len(top.value))
            top.value.append(value)
        elif top.key is not None:
            path = (*top.path, top.key)
            top.value[top.key] = value
            top.key = None
        self.marks[path] = mark
        return path


def read_quickly(text: str, filename: str) -> Document | None:
    """A document without any fault, by libyaml: many times quicker than PyYAML's own parser.

    None for every other text, also for those that the two parsers might read differently: what is
    wrong is told in one parser's words only.
    """
    if not yaml.__with_libyaml__ or len(text) > TEXT_CHARS_MAX or _STRANGE.search(text):
        return None
    reading, loader = _Reading(filename), yaml.CSafeLoader(text)
    try:
        while (event := loader.get_event()) is not None:
            reading.take(event)
    except (yaml.YAMLError, ValueError, OverflowError, _StopReadingError):
        return None
    if reading.problems or not reading.documents:
        return None
    return Document(filename, text, reading.root, reading.marks, reading.key_marks)


def _read_events(text: str, reading: _Reading) -> None:
    try:
        loader = CarefulLoader(text)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        column = len(before) - (before.rfind("\n") + 1) + 1
        mark = Mark(before.count("\n") + 1, column)
        reading.stop(mark, f"character #x{ord(text[error.position]):04x} is not allowed in YAML")
    while True:
        try:
            event: Event | None = loader.get_event()  # type: ignore[no-untyped-call]
        except yaml.MarkedYAMLError as error:
            reading.stop(_mark(_place(error) or loader.get_mark()), _sentence(error), _hint(error))
        except (ValueError, OverflowError, IndexError) as error:
            # PyYAML converts escapes and version numbers without checking their range.
            reading.stop(_mark(loader.get_mark()), f"not readable as YAML: {error}")
        if event is None:
            return
        reading.take(event)


_UNCLOSED = "quoted scalar"
_HINTS = {
    "found character '\\t'": "indent by spaces: YAML takes no tabs",
    "mapping values are not allowed here": "a text with a colon in it needs quotes around it; or "
    "this line is indented too far",
    "but found '<scalar>'": "a text goes on behind its closing quote: put it into the other kind "
    "of quotes",
    "but found '<block mapping start>'": "this line is indented neither like the one above nor "
    "like what it belongs to",
    "but found '<block sequence start>'": "this line is indented neither like the one above nor "
    "like what it belongs to",
    "but found '-'": "an entry of a list stands where a key has to",
    "expected ',' or": "a comma is missing, or a bracket is not closed",
    "could not find expected ':'": "a colon is missing after the key, or a text needs quotes",
}
"""What the parser finds -> what its author probably did."""


def _place(error: yaml.MarkedYAMLError) -> Any:
    """Where to look: a quote that is never closed is noticed only at the end of the file."""
    if _UNCLOSED in (error.context or "") and error.context_mark is not None:
        return error.context_mark
    return error.problem_mark or error.context_mark


def _hint(error: yaml.MarkedYAMLError) -> str:
    if _UNCLOSED in (error.context or "") and "end of stream" in (error.problem or ""):
        return "the quote that opens here is never closed"
    return next((told for sign, told in _HINTS.items() if sign in (error.problem or "")), "")


def _sentence(error: yaml.MarkedYAMLError) -> str:
    parts = [str(part) for part in (error.context, error.problem) if part]
    return "not readable as YAML: " + ", ".join(parts)


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1, mark.index)


def _unprintable(char: str) -> bool:
    code = ord(char)
    return (code < 32 and char not in "\n\t") or 127 <= code < 160 or 0xD800 <= code < 0xE000
