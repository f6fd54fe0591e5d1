"""Mailboxes that take messages, but for those a test has filled."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class FullMailboxes:
    """Implements the Mailboxes port."""

    full: Collection[str]

    def takes(self, mailbox: str) -> bool:
        return mailbox not in self.full
