"""Asking other systems over HTTP while a caller is on the line.

Invariant: every request ends within its time-out, only declared systems are asked, and one that is
slow or broken costs no other call anything.
"""

from ivr.lookup.client import HttpLookups

__all__ = ["HttpLookups"]
