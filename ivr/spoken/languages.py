"""Which languages there are."""

from collections.abc import Mapping
from typing import Literal

from ivr.spoken import de, en, es, fr
from ivr.spoken.grammar import Grammar
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

DESK: Mapping[LanguageKey, Mapping[str, str]] = {
    "de": de.DESK,
    "en": {},
    "es": es.DESK,
    "fr": fr.DESK,
}
"""Language -> what people at the desk are told, by the English phrase."""

GRAMMARS: Mapping[LanguageKey, Grammar] = {
    "de": de.German(),
    "en": en.English(),
    "es": es.Spanish(),
    "fr": fr.French(),
}
"""Language -> how it says values."""
