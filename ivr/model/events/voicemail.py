"""Messages callers leave, and what becomes of them.

What a restarted server knows of messages are these events, and the files that are still there.
`file` is the message: `MAILBOX/CALL.wav` below the voicemail directory.
"""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent, Event
from ivr.model.lookups import Outcome


@dataclass(frozen=True, kw_only=True)
class MessageLeft(CallEvent):
    """A message is kept."""

    type = "voicemail.left"
    mailbox: str
    file: str
    seconds: float
    caller: str = ""
    """Calling number, or empty."""


@dataclass(frozen=True, kw_only=True)
class MessageRefused(CallEvent):
    """A caller could leave no message."""

    type = "voicemail.refused"
    mailbox: str
    reason: str
    """`full` (the mailbox, or the disk), or `failed`: it could not be recorded."""


@dataclass(frozen=True, kw_only=True)
class MessageHeard(Event):
    """Somebody listened to a message, or it was marked."""

    type = "voicemail.heard"
    mailbox: str
    file: str
    heard: bool
    """False: it counts as new again."""
    by: str
    """`api`, or the extension of the phone it was played on."""
    agent: str = ""
    """Who listened there."""


@dataclass(frozen=True, kw_only=True)
class MessageDeleted(Event):
    """The file of a message is gone for good."""

    type = "voicemail.deleted"
    mailbox: str
    file: str
    by: str
    """`api`, or the extension of the phone."""
    agent: str = ""


@dataclass(frozen=True, kw_only=True)
class MessageNotified(Event):
    """The mailbox's hook was told of a message, or could not be."""

    type = "voicemail.notified"
    mailbox: str
    file: str
    target: str
    """Key of the site's `http`."""
    outcome: Outcome
    """Of the last attempt; a message told of is `answered`."""
    attempts: int
