"""What the core decided, as the event that goes on record."""

from ivr.acd.messages import AgentMoved, Left, Relaxed, Ring, Undisposed
from ivr.model import events
from ivr.model.agents import OfferOutcome
from ivr.service.offer_legs import OfferLeg


def offer_made(leg: OfferLeg, command: Ring) -> events.OfferMade:
    return events.OfferMade(
        at=leg.made_at,
        call=leg.call,
        offer=leg.offer,
        queue=leg.queue,
        agent=leg.agent,
        channel=leg.leg,
        reason=command.reason,
        step=command.step,
    )


def offer_ended(leg: OfferLeg, outcome: OfferOutcome, now: float) -> events.OfferEnded:
    return events.OfferEnded(
        at=now,
        call=leg.call,
        offer=leg.offer,
        queue=leg.queue,
        agent=leg.agent,
        outcome=outcome,
        ring_s=now - leg.made_at,
    )


def relaxed(command: Relaxed, now: float) -> events.QueueRelaxed:
    return events.QueueRelaxed(
        at=now,
        call=command.call,
        queue=command.queue,
        step=command.step,
        skills=command.skills,
    )


def left(command: Left, now: float) -> events.QueueLeft:
    return events.QueueLeft(
        at=now,
        call=command.call,
        queue=command.queue,
        outcome=command.outcome,
        wait_s=command.wait_s,
        agent=command.agent or "",
    )


def undisposed(command: Undisposed, now: float) -> events.DispositionMissing:
    return events.DispositionMissing(
        at=now, call=call_of(command.call), agent=command.agent, queue=command.queue
    )


def call_of(talk: str) -> str:
    """The call a talk of the core's is in: a consulted agent's has a name of its own."""
    return talk.partition("+")[0]


def agent_changed(command: AgentMoved, now: float) -> events.AgentChanged:
    return events.AgentChanged(
        at=now,
        agent=command.agent,
        before=command.before,
        after=command.after,
        reason=command.reason,
        seconds=command.seconds,
        call=command.call or "",
        until=command.until or 0.0,
    )
