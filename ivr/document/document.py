"""A document read: plain dicts, lists and strings, with the place of each on the side."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.document.problems import Mark, Problem

Path = tuple[str | int, ...]
Value = str | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True)
class Document:
    """`marks` and `key_marks` tell where the value (and its key) under each path begins."""

    file: str
    text: str = field(repr=False)
    value: Value = field(repr=False)
    marks: Mapping[Path, Mark] = field(repr=False)
    key_marks: Mapping[Path, Mark] = field(repr=False)

    def mark(self, path: Path, *, key: bool = False) -> Mark:
        """Where the value (or the key) under `path` stands; else its nearest ancestor."""
        if key and path in self.key_marks:
            return self.key_marks[path]
        while path:
            if path in self.marks:
                return self.marks[path]
            path = path[:-1]
        return self.marks.get((), Mark(1, 1))

    def inside(self, path: Path, offset: int) -> Mark:
        """Where the character at `offset` of the text under `path` stands.

        Exact for text written in one piece; the beginning of the text when it was written with
        escapes or folded over lines.
        """
        mark = self.mark(path)
        value = self.get(path)
        if not isinstance(value, str) or "\n" in value or offset < 0:
            return mark
        for quote in (0, 1):
            start = mark.index + quote
            if value and self.text.startswith(value, start):
                return Mark(mark.line, mark.column + quote + offset, start + offset)
        return mark

    def get(self, path: Path) -> Value | None:
        """The value under `path`, or None."""
        value: Value | None = self.value
        for part in path:
            if isinstance(value, dict) and isinstance(part, str):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return None
        return value

    def written(self, path: Path) -> Path:
        """Where something stands that a model has under `path`, which has more parts than the
        document when a text was written in place of a list or a mapping."""
        found: Path = ()
        for part in path:
            if self.get((*found, part)) is not None:
                found = (*found, part)
        return found

    def problem(
        self, path: Path, message: str, hint: str = "", *, key: bool = False, offset: int = 0
    ) -> Problem:
        """A problem with the value (or the key) under `path`, `offset` characters into it."""
        mark = self.inside(path, offset) if offset else self.mark(path, key=key)
        return Problem(self.file, mark.line, mark.column, message, hint)
