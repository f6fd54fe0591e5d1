"""From where somebody looks at the board: what they may see of it, as text. Pure."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from ivr.service.console.board import Changes, Item, Json

SHOWN_DIGITS = 3
"""Of a number that is hidden, so many stay: enough to tell callers apart."""
HIDDEN = "•"
_NUMBER = re.compile(r"\+?\d(?:(?:[^\w\n]|_){0,3}\d){5,}")

TeamOf = Callable[[str], str | None]
"""The team of an agent of the site; None: there is no such agent."""


@dataclass(frozen=True)
class Viewpoint:
    """What somebody may see. Every waiting call is shown, agents only within sight."""

    numbers: bool
    """Callers' numbers in full."""
    teams: frozenset[str] | None
    """Whose agents are seen; None: everybody's."""
    own: str = ""
    """The agent they are themselves."""

    def sees(self, agent: str, team_of: TeamOf) -> bool:
        return self.teams is None or agent == self.own or team_of(agent) in self.teams

    def show(self, kind: str, item: Item, team_of: TeamOf) -> Item:
        """The item without what is not theirs to see."""
        caller = item.get("caller")
        hidden: dict[str, Json] = {}
        if not self.numbers and isinstance(caller, str):
            hidden["caller"] = masked(caller)
        if self.teams is not None and kind == "call":
            ringing, wanted = item["ringing"], item["wanted"]
            if isinstance(ringing, list):
                hidden["ringing"] = [one for one in ringing if self.sees(str(one), team_of)]
            if isinstance(wanted, str) and not self.sees(wanted, team_of):
                hidden["wanted"] = None
        return {**item, **hidden} if hidden else item


def masked(number: str) -> str:
    """All but the last digits hidden; a short number keeps fewer of them than it hides."""
    shown = min(SHOWN_DIGITS, (len(number) - 1) // 2) if number else 0
    return HIDDEN * (len(number) - shown) + number[len(number) - shown :]


def without_numbers(text: str) -> str:
    """The text, with everything in it that may be somebody's number hidden."""
    return _NUMBER.sub(lambda found: masked(found[0]), text)


def told(changes: Changes, viewpoint: Viewpoint, team_of: TeamOf) -> str:
    """The members `set` and `gone` of a JSON object, without its braces."""
    present: dict[str, dict[str, Item]] = {}
    gone: dict[str, list[str]] = {}
    for (kind, name), item in changes.items():
        if kind in ("agent", "talk") and not viewpoint.sees(name, team_of):
            continue
        if item is None:
            gone.setdefault(kind, []).append(name)
        else:
            present.setdefault(kind, {})[name] = viewpoint.show(kind, item, team_of)
    return json.dumps({"set": present, "gone": gone}, separators=(",", ":"))[1:-1]
