"""What becomes of asking another system."""

from enum import StrEnum


class Outcome(StrEnum):
    """How one look-up ended, repeated attempts included."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    """The system answered, but not what was asked: a redirect, 400, 401, 403, ..."""
    FAILED = "failed"
    """The system said that it is at fault: 500 and above."""
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    """No connection, a broken one, or a certificate that nobody should trust."""
    BAD_ANSWER = "bad_answer"
    """Too long, no JSON, or without what the flow needs."""
    SUSPENDED = "suspended"
    """Not asked: it failed so often lately that callers are not made to wait for it."""
    NOT_SENT = "not_sent"
    """Not asked: what the caller gave cannot stand in the request."""
