"""Whether calls are recorded, and what callers say to it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, WithJsonSchema

ConsentAnswer = Literal["", "given", "refused"]
"""What a caller says to being recorded; empty: was not asked."""


def _policy(value: object) -> object:
    """`true` and `false`, as read from YAML or given by Python, are policies, too."""
    return {"true": "always", "false": "never"}.get(str(value).lower(), value)


RecordPolicy = Annotated[
    Literal["always", "never", "with_consent"],
    BeforeValidator(_policy),
    WithJsonSchema({"enum": ["always", "never", "with_consent", True, False]}),
]
"""Of a queue's conversations."""
