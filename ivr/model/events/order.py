"""Orders: what people told the server to do with an agent or with a call that waits."""

from dataclasses import dataclass

from ivr.model.events.base import Event


@dataclass(frozen=True, kw_only=True)
class OrderGiven(Event):
    """Carried out or refused; what changed by it is told by events of its own."""

    type = "order.given"
    by: str
    """`api`, or the extension of the phone it was dialled on."""
    order: str
    """In the words of `ivr agent` and `ivr prioritise`, e.g. `pause lunch`, `priority 3`."""
    target: str
    """Agent or call, as it was named."""
    refusal: str = ""
    """Why nothing came of it; empty when it was accepted."""
    agent: str = ""
    """Empty when it is about a call, or about nobody there is."""
    call: str = ""
    """Empty when it is about an agent, or about a call that does not wait."""
