"""The states an agent can be in, and the standard reasons for a pause."""

from enum import StrEnum


class AgentState(StrEnum):
    """`available → reserved → ringing → on_call → wrap_up → available`, and around it."""

    LOGGED_OUT = "logged_out"
    AVAILABLE = "available"
    RESERVED = "reserved"
    RINGING = "ringing"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"


RONA = "rona"
"""Pause reason: redirected on no answer."""
NO_DISPOSITION = "no_disposition"
"""Pause reason: has not said what became of a talk whose queue asks for it."""


class OfferOutcome(StrEnum):
    """How one call ringing one agent ended."""

    ACCEPTED = "accepted"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    BUSY = "busy"
    CANCELLED = "cancelled"
    FAILED = "failed"


class QueueOutcome(StrEnum):
    """How a call left a queue; every entered call leaves exactly once."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMEOUT = "timeout"
    EXIT_KEY = "exit_key"
    CALLBACK = "callback"
    """Hung up to be called back: the place in line goes on without the caller."""
    OVERFLOW = "overflow"
    EMPTY = "empty"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
