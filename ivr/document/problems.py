"""What is wrong in a document, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from ivr.model.errors import UserError

if TYPE_CHECKING:
    from ivr.document.document import Document


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a text: line and column from 1, index from 0."""

    line: int
    column: int
    index: int = 0


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{hint}"


class DocumentError(UserError):
    """A document (or several) refused as a whole; `problems` are all of them, in reading order.

    `document` is there when all else in it can be looked at nevertheless.
    """

    def __init__(self, problems: Iterable[Problem], document: "Document | None" = None) -> None:
        self.problems = tuple(sorted(set(problems)))
        self.document = document
        super().__init__("\n".join(str(problem) for problem in self.problems))


def closest(wrong: str, known: Iterable[str]) -> str:
    """The known name that `wrong` was probably meant to be, or nothing."""
    return _closest(wrong[:100], tuple(sorted(set(known))))


@lru_cache(maxsize=64)
def _closest(wrong: str, known: tuple[str, ...]) -> str:
    """Kept, because the same name is often wrong in many places, and many names take long."""
    close = get_close_matches(wrong, known, n=1, cutoff=0.6)
    return close[0] if close else ""


def suggest(wrong: str, known: Iterable[str], *, list_up_to: int = 8) -> str:
    """A hint for a name nobody knows: the likeliest one meant, else the few there are."""
    names = sorted(set(known))
    meant = closest(wrong, names)
    if meant:
        return f"did you mean {meant!r}?"
    if 0 < len(names) <= list_up_to:
        return "known: " + ", ".join(names)
    return ""
