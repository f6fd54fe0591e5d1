"""Emergency closures: set and lifted while calls come in."""

from dataclasses import dataclass

from ivr.model.events.base import Event


@dataclass(frozen=True, kw_only=True)
class ClosureChanged(Event):
    """The last one for each closure is what is in force."""

    type = "closure.changed"
    closure: str
    """A calendar, or `house`: all of them."""
    closed: bool
    by: str
    """`api`, or the extension of the phone it was dialled on."""
    agent: str = ""
    """Who dialled it there."""
