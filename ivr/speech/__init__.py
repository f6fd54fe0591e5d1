"""Text becomes sound files before any caller needs them.

Invariant: nothing is rendered while a caller waits; a file under its final name is complete.
"""

from ivr.speech.prompts import Prompts

__all__ = ["Prompts"]
