"""What becomes of asking another system."""

import json
from enum import StrEnum
from typing import Any, NoReturn

BODY_BYTES_MAX = 65536
"""What a flow needs of a customer fits many times over."""


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


def read_json(data: bytes | str) -> Any:
    """What an answer holds; ValueError, which says why, for one that is too long or no JSON.

    The only reader of answers: one that a test gives is read as one that another system gives.
    """
    if len(data.encode(errors="replace") if isinstance(data, str) else data) > BODY_BYTES_MAX:
        raise ValueError(f"an answer has at most {BODY_BYTES_MAX} bytes")
    try:
        return json.loads(data, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("no JSON that can be read: it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"no JSON: {error}") from error


def _refuse(word: str) -> NoReturn:
    """Python reads NaN and Infinity as numbers; JSON has none such."""
    raise ValueError(f"{word} is no value there")
