"""What the server says of itself, and how it says values, in every language: one file for each.

Invariant: pure. Whatever may ever be said is known beforehand, so that nothing is spoken into a
file while a caller waits.
"""

from ivr.spoken.languages import DESK, GRAMMARS, WORDINGS, LanguageKey

__all__ = ["DESK", "GRAMMARS", "WORDINGS", "LanguageKey"]
