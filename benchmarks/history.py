"""A long history of plain calls, as quickly as it can be told: fourteen events each, one agent."""

from collections.abc import Iterator

from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.events import Event

EVENTS_PER_CALL = 14
AGENTS, QUEUES, CALLERS = 50, 5, 40_000
GAP_S = 40.0
"""Between the beginnings of two calls: in a day 2,160 calls, 30,240 events."""
RINGING, ON_CALL = AgentState.RINGING, AgentState.ON_CALL
WRAP_UP, AVAILABLE = AgentState.WRAP_UP, AgentState.AVAILABLE


def history(begin: float, calls: int) -> Iterator[Event]:
    """In order within each call."""
    for number in range(calls):
        yield from one_call(begin + number * GAP_S, number)


def one_call(at: float, number: int) -> Iterator[Event]:
    call, agent, queue = f"call-{number:09}", f"a{number % AGENTS}", f"q{number % QUEUES}"
    yield events.CallStarted(
        at=at,
        call=call,
        caller=f"+49{number % CALLERS:08}",
        caller_name="",
        dialled="600",
        flow="company",
        channel=f"{call}.1",
        config="5d1f0c93ab",
    )
    yield events.NodeEntered(at=at, call=call, flow="company", node="menu")
    yield events.InputReceived(
        at=at + 4, call=call, flow="company", node="menu", value="1", result="match"
    )
    yield events.NodeLeft(
        at=at + 4, call=call, flow="company", node="menu", outcome="choices:1", seconds=4.0
    )
    yield events.NodeEntered(at=at + 4, call=call, flow="company", node="wait")
    yield events.QueueEntered(
        at=at + 4, call=call, queue=queue, skills="", priority=0, entered_at=at + 4
    )
    yield events.OfferMade(
        at=at + 5, call=call, offer=call, queue=queue, agent=agent, channel="", reason=""
    )
    yield events.OfferEnded(
        at=at + 9,
        call=call,
        offer=call,
        queue=queue,
        agent=agent,
        outcome=OfferOutcome.ACCEPTED,
        ring_s=4.0,
    )
    yield events.QueueLeft(
        at=at + 9, call=call, queue=queue, outcome=QueueOutcome.ANSWERED, wait_s=5.0, agent=agent
    )
    yield events.ConversationStarted(at=at + 9, call=call, queue=queue, agent=agent, channel="")
    yield _moved(at + 9, agent, call, RINGING, ON_CALL, 4.0)
    yield events.ConversationEnded(
        at=at + 200,
        call=call,
        queue=queue,
        agent=agent,
        talk_s=191.0,
        hold_s=0.0,
        ended_by="caller",
    )
    yield events.CallEnded(
        at=at + 200, call=call, flow="company", result="completed", duration_s=200.0, node="wait"
    )
    yield _moved(at + 215, agent, call, WRAP_UP, AVAILABLE, 15.0)


def _moved(
    at: float, agent: str, call: str, before: AgentState, after: AgentState, seconds: float
) -> Event:
    return events.AgentChanged(
        at=at, agent=agent, before=before, after=after, reason="", seconds=seconds, call=call
    )
