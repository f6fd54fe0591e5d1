"""Pydantic's findings in the words of somebody who edits YAML."""

from collections.abc import Sequence
from typing import Any

from ivr.document.document import Value
from ivr.document.problems import suggest

SHOWN_CHARS_MAX = 60

_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,39}$": "a name: lower-case letters, digits, underscores; first a letter",
    r"^[0-9]{2,10}$": "2 to 10 digits",
    r"^\+?[0-9]{2,15}$": "2 to 15 digits, perhaps after a +",
    r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$|^24:00$": "a time of day such as 9:00 or 17:30",
    r"^\d{4}-\d{2}-\d{2}$": "a date such as 2026-12-24",
    r"^[1-9]$": "one key from 1 to 9",
    r"^[0-9*#]$": "one key: 0 to 9, * or #",
    r"^[0-9*#]{1,8}$": "1 to 8 keys: 0 to 9, * or #",
    r"^[0-9*#]{1,12}$": "1 to 12 keys: 0 to 9, * or #",
    r"^[0-9*]?$": "one key: 0 to 9 or *",
    r"^[*#]?$": "one key: * or #",
    r"^([0-9]{2,10})?$": "2 to 10 digits",
    r"\{n\}": "a phrase with {n} in it",
    r"\{low\}.*\{high\}": "a phrase with {low} and, after it, {high} in it",
    r"\{key\}": "a phrase with {key} in it",
    r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$": "a date and time such as 2026-12-24 08:00",
    r"^/[^\x00-\x1f]{1,200}\.onnx$": "the full path of a model, which ends in .onnx",
    r"^\+?[0-9]{1,15}\*?$": "a number, or its beginning followed by *",
    r"^([0-9]{1,2})?$": "1 or 2 digits",
    r"^/[A-Za-z0-9/._~%-]{0,200}$": "a path such as /new-message",
    r"^https?://[A-Za-z0-9.\-\[\]:]+(/[^\s?#{}]*)?$": "an address such as https://crm.example.com/api",
    r"^[A-Za-z0-9\-]{1,60}$": "the name of a header: letters, digits, hyphens",
    r"^[ -~]{0,500}$": "text of up to 500 signs, none of them outside ASCII",
    r"^[a-zA-Z0-9+\-]{2,40}$": "a voice of espeak-ng such as en-us",
    r"^[A-Za-z0-9.\-]*(:[0-9]{1,5})?$": "a host such as sip.example.com or 192.0.2.7:5060",
    r"\{title\}": "a phrase with {title} in it",
    r"\{name\}": "a phrase with {name} in it",
    r"^[a-z][a-z0-9_]{0,40}$": "a name: lower-case letters, digits, underscores; first a letter",
    r"^[a-z_*]{1,30}(\.[a-z_*]{1,30})?$": "the name of an event: queue.entered, or several: call.*",
    r"^[^\x00-\x1f]{1,200}$": "a file or directory of at most 200 signs",
    r"^/": "a path: it begins with /",
    r"^([a-z][a-z0-9_]{0,40})?$": "the name of a secret: lower-case letters, digits, underscores",
    r"^(\+?[0-9]{2,15})?$": "2 to 15 digits, perhaps after a +",
    r"^(https?://[A-Za-z0-9.\-]{1,200}(:[0-9]{1,5})?([/?#][!#-;=?-\[\]_a-~]*)?)?$": (
        "an address such as https://crm.example.com/customer?number={caller}"
    ),
    r"^(today|yesterday|last_week|last_month|[1-9][0-9]{0,4}[hdw])$": (
        "today, yesterday, last_week, last_month, or a length such as 12h, 7d, 4w"
    ),
    r"^[ -~]*$": "text without signs outside ASCII",
    r"^[A-Za-z0-9.\-:]{1,253}$": "a host such as mail.example.com",
    r"^[^\x00-\x08\x0b-\x1f\x7f]*$": "text without control characters",
    r"^[^\x00-\x1f]{0,200}$": "a file or directory of at most 200 signs",
    r'^[^\x00-\x1f"<>;|]+$': "text without quotes, angle brackets, semicolons and bars",
}
"""What the patterns of site, flows, phrases and scenarios ask for."""

_PLAIN = {
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "int_parsing_size": "is too large",
    "float_parsing": "is not a number",
    "float_type": "is not a number",
    "finite_number": "is not a number",
    "bool_parsing": "is neither yes nor no",
    "bool_type": "is neither yes nor no",
}

_LIMITS = {
    "greater_than": ("must be more than {gt:g}", "gt"),
    "greater_than_equal": ("must be at least {ge}", "ge"),
    "less_than": ("must be less than {lt}", "lt"),
    "less_than_equal": ("must be at most {le}", "le"),
    "string_too_short": ("must have at least {min_length} characters", "min_length"),
    "string_too_long": ("must have at most {max_length} characters", "max_length"),
    "too_short": ("must have at least {min_length} entries", "min_length"),
    "too_long": ("must have at most {max_length} entries", "max_length"),
}


def pattern_words(pattern: str) -> str:
    """What a pattern asks for, in words."""
    return _PATTERNS.get(pattern, "of the form " + pattern)


def shown(value: Value | int | None) -> str:
    """The value, short enough for a message."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    text = str(value)
    if text == "":
        return "nothing"
    return repr(text if len(text) <= SHOWN_CHARS_MAX else text[:SHOWN_CHARS_MAX] + "...")


def describe(detail: Any, value: Value | int | None, kinds: Sequence[str]) -> tuple[str, str]:
    """Message and hint for one of pydantic's error details about `value`."""
    kind, context = str(detail["type"]), detail.get("ctx", {})
    kinds = context.get("kinds", kinds)
    if kinds:
        return f"expects {' or '.join(kinds)}, not {shown(value)}", _form_hint(value, kinds)
    if kind in _PLAIN:
        return f"{shown(value)} {_PLAIN[kind]}", ""
    if kind in _LIMITS and _LIMITS[kind][1] in context:
        return _LIMITS[kind][0].format(**context), ""
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        return f"{shown(value)} is not {pattern_words(pattern)}", ""
    if kind in ("literal_error", "enum"):
        choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        known = choices.split(", ")
        hint = suggest(str(value), known, list_up_to=0)
        return f"{shown(value)} is not one of {', '.join(known)}", hint
    message = str(detail["msg"])
    for prefix in ("Value error, ", "Assertion failed, "):
        message = message.removeprefix(prefix)
    return message, ""


def _form_hint(value: Value | int | None, kinds: Sequence[str]) -> str:
    """What its author probably did who wrote this instead."""
    if value == "" and "text" not in kinds:
        return "indent what belongs to it further than its key"
    if isinstance(value, list) and list(kinds) == ["a mapping"]:
        return "write NAME: in place of - NAME:"
    return ""
