"""Events as they come, and feeding them to the metrics."""

from ivr.metrics import Metrics
from ivr.model import events
from ivr.model.agents import AgentState, QueueOutcome

T = 1000.0


def queue_left(outcome: QueueOutcome, wait_s: float, queue: str = "billing") -> events.QueueLeft:
    return events.QueueLeft(at=T, call="a", queue=queue, outcome=outcome, wait_s=wait_s)


def call_ended(result: str = "hangup", flow: str = "company", call: str = "a") -> events.CallEnded:
    return events.CallEnded(at=T, call=call, flow=flow, result=result, duration_s=42.0, node="menu")


def talked(agent: str = "mia", talk_s: float = 60, hold_s: float = 5) -> events.ConversationEnded:
    return events.ConversationEnded(
        at=T,
        call="a",
        queue="billing",
        agent=agent,
        talk_s=talk_s,
        hold_s=hold_s,
        ended_by="caller",
    )


def moved(
    before: AgentState, after: AgentState, seconds: float = 0.0, reason: str = ""
) -> events.AgentChanged:
    return events.AgentChanged(
        at=T, agent="mia", before=before, after=after, reason=reason, seconds=seconds
    )


def node_entered(node: str) -> events.NodeEntered:
    return events.NodeEntered(at=T, call="a", flow="company", node=node)


def feed(metrics: Metrics, *history: events.Event) -> None:
    for event in history:
        metrics.record(event)
