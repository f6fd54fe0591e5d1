"""Durations as people write them in YAML: `20s`, `1m30s`, `2h`, `500ms`, or plain seconds."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, GetJsonSchemaHandler

_DURATION = re.compile(
    r"(?:(\d{1,9})h)?(?:(\d{1,9})m(?!s))?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,9})ms)?", re.ASCII
)
_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)


DURATION_S_MAX = 3660 * 86400.0
"""Ten years: longer than any call or record, and short enough for every calendar."""


def parse_duration(value: object) -> float:
    """Seconds meant by `value`; a number passes through, anything unclear is a ValueError, and so
    is what is longer than DURATION_S_MAX."""
    seconds = _seconds(value)
    if seconds > DURATION_S_MAX:
        raise ValueError(f"{str(value)[:40]!r} is longer than ten years")
    return seconds


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip()
    if _PLAIN.fullmatch(text):
        return float(text)
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise ValueError(f"{text!r} is not a duration; write for example 20s, 1m30s or 2h")
    hours, minutes, seconds, millis = match.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds) + int(millis) / 1000


class _AsDuration:
    """Keeps the limits in the JSON Schema, and says there that text is welcome."""

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        pattern = r"^(?=.)([0-9]+h)?([0-9]+m)?([0-9.]+s)?([0-9]+ms)?$|^[0-9.]+$"
        return {**handler(schema), "type": ["string", "number"], "pattern": pattern}


class OneOrMany:
    """Marks a list whose only entry may stand there without the list, in the JSON Schema."""

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        many = handler(schema)
        items = many["items"]
        return {"anyOf": [items, many]}


Seconds = Annotated[float, BeforeValidator(parse_duration), _AsDuration()]
"""A pydantic field holding seconds, written as a duration."""
