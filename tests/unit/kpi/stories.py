"""Short histories, one line for each event. Times are seconds since the beginning."""

from typing import Any

from ivr.kpi.periods import Periods
from ivr.model import events
from ivr.model.agents import AgentState, QueueOutcome

HOUR = Periods(0.0, 3600.0, [0.0, 1800.0])
"""Two half hours."""


def started(at: float, call: str = "a", caller: str = "2001", version: str = "v1") -> events.Event:
    return events.CallStarted(
        at=at,
        call=call,
        caller=caller,
        caller_name="",
        dialled="600",
        flow="main",
        channel="1.1",
        config=version,
    )


def entered(at: float, call: str = "a", queue: str = "billing", **says: Any) -> events.Event:
    return events.QueueEntered(
        at=at, call=call, queue=queue, skills="", priority=0, entered_at=at, **says
    )


def left(
    at: float, wait_s: float, outcome: QueueOutcome, call: str = "a", queue: str = "billing"
) -> events.Event:
    return events.QueueLeft(at=at, call=call, queue=queue, outcome=outcome, wait_s=wait_s)


def talk_began(at: float, agent: str = "mia", call: str = "a") -> events.Event:
    return events.ConversationStarted(at=at, call=call, queue="billing", agent=agent, channel="")


def talk_ended(
    at: float, talk_s: float, hold_s: float = 0, agent: str = "mia", call: str = "a"
) -> events.Event:
    return events.ConversationEnded(
        at=at,
        call=call,
        queue="billing",
        agent=agent,
        talk_s=talk_s,
        hold_s=hold_s,
        ended_by="caller",
    )


def disposed(at: float, call: str, code: str, agent: str = "mia") -> events.Event:
    return events.DispositionGiven(
        at=at,
        call=call,
        agent=agent,
        queue="billing",
        code=code,
        title=code.title(),
        group="Well",
        note="",
        by=agent,
    )


def moved(
    at: float,
    before: AgentState,
    after: AgentState,
    seconds: float,
    call: str = "",
    agent: str = "mia",
    reason: str = "",
) -> events.AgentChanged:
    return events.AgentChanged(
        at=at,
        agent=agent,
        before=before,
        after=after,
        reason=reason,
        seconds=seconds,
        call=call,
    )


def transferred(at: float, agent: str = "mia", call: str = "a") -> events.Event:
    return events.Transferred(
        at=at, call=call, agent=agent, queue="billing", kind="blind", target="queue", to="claims"
    )


def ended(at: float, call: str = "a", result: str = "hangup") -> events.Event:
    return events.CallEnded(
        at=at, call=call, flow="main", result=result, duration_s=at, node="wait"
    )
