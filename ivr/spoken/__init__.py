"""What the server says of itself, in every language it speaks: one file per language.

Invariant: pure. Whatever may ever be said is known beforehand, so that nothing is spoken into a
file while a caller waits.
"""

from collections.abc import Mapping
from typing import Literal

from ivr.spoken import de, en, es, fr
from ivr.spoken.wording import Wording

LanguageKey = Literal["de", "en", "es", "fr"]
"""A language by its ISO 639 code, which is also what Asterisk's sound packages call it."""

WORDINGS: Mapping[LanguageKey, Wording] = {
    "de": de.WORDING,
    "en": en.WORDING,
    "es": es.WORDING,
    "fr": fr.WORDING,
}
"""Language -> the built-in phrases."""

CHARACTERS: Mapping[LanguageKey, Mapping[str, str]] = {
    "de": de.CHARACTERS,
    "en": en.CHARACTERS,
    "es": es.CHARACTERS,
    "fr": fr.CHARACTERS,
}
"""Language -> the word for each key and digit; any other character is silent."""
