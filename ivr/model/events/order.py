"""Orders: what people told the server to do with an agent, a waiting call, or a closure."""

from dataclasses import dataclass

from ivr.model.events.base import Event


@dataclass(frozen=True, kw_only=True)
class OrderGiven(Event):
    """Carried out or refused; what changed by it is told by events of its own."""

    type = "order.given"
    by: str
    """A user of the web side, `api` for the command line, or the extension of the phone it was
    dialled on."""
    order: str
    """In the words of the command line, e.g. `pause lunch`, `priority 3`, `close house`."""
    target: str
    """Agent, call or closure, as it was named."""
    refusal: str = ""
    """Why nothing came of it; empty when it was accepted."""
    agent: str = ""
    """Whom it is about, or who dialled an order that is about a closure; empty when it is about a
    call, about nobody there is, or about a closure and came from the API."""
    call: str = ""
    """Empty when it is about an agent, or about a call that does not wait."""


@dataclass(frozen=True, kw_only=True)
class PinRefused(Event):
    """A wrong PIN was typed on a phone, or any while none is taken."""

    type = "pin.refused"
    extension: str
    agent: str
    """Whose phone it is."""
    code: str
    """What it was asked for: the feature code, e.g. `*15`."""
    wait_s: float
    """So long no PIN of this extension is taken from now on."""
