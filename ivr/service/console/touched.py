"""Which items an event is news about. Pure."""

from collections.abc import Collection

from ivr.model import events
from ivr.model.events import Event
from ivr.service.console.board import Key
from ivr.service.console.glance import AGENT, CALL, CLOSURE, TALK


def touched(event: Event) -> Collection[Key]:
    """To be read again; items that do not exist may be among them."""
    match event:
        case events.QueueEntered() | events.QueueRelaxed():
            return [(CALL, event.call)]
        case events.QueueLeft() | events.OfferMade() | events.OfferEnded():
            return [(CALL, event.call), *_of_agent(event.agent)]
        case events.AgentChanged():
            return [*_of_agent(event.agent), (CALL, event.call)]
        case events.OrderGiven():
            return [(CALL, event.call), *_of_agent(event.agent)]
        case (
            events.ConversationStarted()
            | events.ConversationEnded()
            | events.DispositionGiven()
            | events.DispositionMissing()
            | events.HelpAsked()
            | events.HelpEnded()
            | events.OutboundStarted()
            | events.OutboundEnded()
        ):
            return _of_agent(event.agent)
        case (
            events.SupervisionStarted()
            | events.SupervisionModeChanged()
            | events.SupervisionEnded()
        ):
            return [(TALK, event.agent)]
        case events.CallbackRequested() | events.CallbackEnded():
            return [(CALL, event.call)]
        case events.ClosureChanged():
            return [(CLOSURE, event.closure)]
        case _:
            return []


def _of_agent(agent: str) -> list[Key]:
    return [(AGENT, agent), (TALK, agent)]
