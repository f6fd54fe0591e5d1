"""The address of another system's page about a caller, as the site has it: with holes. Pure."""

import re
from typing import Annotated

from pydantic import Field

HOLE = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
ScreenPop = Annotated[
    str,
    Field(
        max_length=500,
        pattern=r"^(https?://[A-Za-z0-9.\-]{1,200}(:[0-9]{1,5})?([/?#][!#-;=?-\[\]_a-~]*)?)?$",
    ),
]
"""Scheme and host are fixed; `{name}` in what follows is filled in."""

OWN = ("caller", "call", "queue", "agent")
"""Known of every call: the calling number, the call, and queue and agent by their keys."""


def stray_brace(template: str) -> str:
    """The first brace that belongs to no `{name}`, with what follows it; empty: there is none."""
    found = re.search(r"[{}].{0,20}", HOLE.sub("", template))
    return found[0] if found else ""
