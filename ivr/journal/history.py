"""What became of a call, told from its events. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.model import events
from ivr.model.events import Event

NO_DISPOSITION = "none"


@dataclass
class CallSummary:
    """One line of `ivr calls`. Times are UTC epoch seconds; over several queues waits and talks
    add up, queue and agent are the last ones."""

    call: str
    started_at: float = 0.0
    caller: str = ""
    dialled: str = ""
    flow: str = ""
    queue: str = ""
    wait_s: float | None = None
    agent: str = ""
    talk_s: float | None = None
    result: str = "open"
    """`open` while it lasts, then as the call ended."""
    duration_s: float | None = None
    queue_outcome: str = ""
    disposition: str = ""
    """What the agent has said became of it; `none` when a queue asks for it in vain,
    and nothing was said of another talk of the call either."""
    note: str = ""
    recordings: list[str] = field(default_factory=list)


def summarise(call: str, history: Iterable[Event]) -> CallSummary:
    """The call's line."""
    summary = CallSummary(call)
    for event in history:
        _add(summary, event)
    return summary


def _add(summary: CallSummary, event: Event) -> None:
    match event:
        case events.CallStarted():
            summary.started_at = event.at
            summary.caller = event.caller
            summary.dialled = event.dialled
            summary.flow = event.flow
        case events.NodeEntered():
            summary.flow = event.flow
        case events.QueueEntered():
            summary.queue = event.queue
        case events.QueueLeft():
            summary.queue = event.queue
            summary.queue_outcome = event.outcome
            summary.wait_s = (summary.wait_s or 0.0) + event.wait_s
        case events.CallbackEnded():
            summary.wait_s = event.wait_s
        case events.ConversationStarted():
            summary.agent = event.agent
        case events.ConversationEnded():
            summary.talk_s = (summary.talk_s or 0.0) + event.talk_s
        case events.DispositionMissing():
            summary.disposition = summary.disposition or NO_DISPOSITION
        case events.DispositionGiven():
            summary.disposition, summary.note = event.code, event.note
        case events.RecordingFinished():
            summary.recordings.append(event.recording)
        case events.CallEnded():
            summary.result = event.result
            summary.duration_s = event.duration_s
