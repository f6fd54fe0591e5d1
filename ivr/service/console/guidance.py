"""What an agent is shown for a queue: what to say, and where another system knows the caller.
Pure."""

from collections.abc import Mapping
from urllib.parse import quote

from ivr.model.screen_pop import HOLE
from ivr.model.site import Queue
from ivr.service.console.board import Item

VALUE_MAX = 200
"""Characters of a value that go into an address."""


def guidance(queue: Queue, values: Mapping[str, str]) -> Item:
    """`values` are what is known of the call, without what is sensitive."""
    return {
        "script": queue.script,
        "pop": filled(queue.screen_pop, values),
        "pop_auto": queue.screen_pop_auto,
    }


def filled(template: str, values: Mapping[str, str]) -> str:
    """The address. Every value is escaped whole, and stays within its place; what is not known is
    left empty."""
    return HOLE.sub(lambda hole: _escaped(values.get(hole[1], "")), template)


def _escaped(value: str) -> str:
    """Dots alone would lead a browser to another path, escaped or not."""
    if not value.strip("."):
        return ""
    return quote(value[:VALUE_MAX], safe="", errors="replace")
