"""Names as they are spelled on a keypad: a letter is the key it is printed on (ITU E.161)."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from ivr.model.site import Agent, Phone

_LETTERS = {"2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv"}
_LETTERS |= {"9": "wxyz"}
_KEYS = str.maketrans({letter: key for key, letters in _LETTERS.items() for letter in letters})

_PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
"""Letters that are no letter with an accent to Unicode, but are to whoever spells them."""

_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""Another way to write them, by which they may be spelled as well."""

_WORD = re.compile(r"[a-z0-9]+")
_REMEMBERED_MAX = 10_000


def find_people(
    people: Iterable[Agent | Phone], typed: str, letters_min: int
) -> Sequence[Agent | Phone]:
    """Those listed whose name begins like this, by name.

    The name may begin at any of its words; the words before go after the last. Fewer letters than
    `letters_min` are enough where they are a whole word.
    """
    found = (one for one in people if one.listed and _is_spelled(one.name, typed, letters_min))
    return sorted(found, key=lambda one: (_folded(one.name), one.name, one.extension))


def _is_spelled(name: str, typed: str, letters_min: int) -> bool:
    words, whole = _spellings(name)
    return typed in words or (
        len(typed) >= letters_min and any(one.startswith(typed) for one in whole)
    )


@lru_cache(maxsize=_REMEMBERED_MAX)
def _spellings(name: str) -> tuple[Collection[str], Collection[str]]:
    """The keys that spell (each word, the whole name from each word on)."""
    written = unicodedata.normalize("NFC", name).casefold()
    each: set[str] = set()
    whole: set[str] = set()
    for way in (written, written.translate(_TWO_LETTERS)):
        words = [word.translate(_KEYS) for word in _WORD.findall(_folded(way))]
        each.update(words)
        whole.update("".join((*words[n:], *words[:n])) for n in range(len(words)))
    return each, whole


def _folded(text: str) -> str:
    """In small letters, without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    return bare.casefold().translate(_PLAIN)
