"""The durable record: every event, once, in order.

Invariant: an event handed to `Journal.record` is in the database or in the spill file within
250 ms, and ends up in the database exactly once; nothing here ever makes a call wait.
"""

from ivr.journal.journal import Journal, Limits
from ivr.journal.reading import JournalReader

__all__ = ["Journal", "JournalReader", "Limits"]
