"""The story of one call, one sentence per event. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.model import events
from ivr.model.events import Event


@dataclass(frozen=True)
class Step:
    """`after_s` counts from the start of the call."""

    after_s: float
    topic: str
    """`call`, `flow`, `queue`, `offer`, `talk`, `callback`, `transfer`, `agent`, `order`,
    `disposition`, `help`, `recording`, `survey` or `supervision`."""
    text: str


def timeline(history: Iterable[Event]) -> list[Step]:
    """The steps in order."""
    steps: list[Step] = []
    start: float | None = None
    for event in history:
        start = event.at if start is None else start
        topic, text = _tell(event)
        steps.append(Step(round(event.at - start, 3), topic, text))
    return steps


def _tell(event: Event) -> tuple[str, str]:
    for tell in (_call, _flow, _queue, _routing, _handed_on, _agent, _supervision, _kept):
        told = tell(event)
        if told is not None:
            return told
    return "other", event.type


def _call(event: Event) -> tuple[str, str] | None:
    match event:
        case events.CallStarted():
            name = f" ({event.caller_name})" if event.caller_name else ""
            caller = event.caller or "unknown number"
            version = f", version {event.config}" if event.config else ""
            return "call", f"{caller}{name} dials {event.dialled}: flow {event.flow}{version}"
        case events.CallResumed():
            return "call", f"server restarted; taken over again while {event.state}"
        case events.CallEnded():
            where = f" in node {event.node}" if event.node else ""
            return "call", f"ended: {event.result}{where} after {_s(event.duration_s)}"
    return None


def _flow(event: Event) -> tuple[str, str] | None:
    match event:
        case events.NodeEntered():
            return "flow", f"enters {event.flow}/{event.node}"
        case events.NodeLeft():
            return "flow", f"leaves {event.node} by {event.outcome} after {_s(event.seconds)}"
        case events.InputReceived():
            pressed = f"presses {event.value}" if event.value else "presses nothing"
            return "flow", f"{pressed}: {event.result}"
        case events.FlowFailed():
            return "flow", f"fails in {event.flow}/{event.node}: {event.reason}"
        case events.LookedUp():
            answer = f"{event.outcome}, status {event.status}" if event.status else event.outcome
            return "flow", f"{event.method} to {event.target}: {answer} after {_s(event.seconds)}"
        case events.MessageLeft():
            return "flow", f"leaves a message of {_s(event.seconds)} for {event.mailbox}"
        case events.Dialled():
            return "flow", f"dialled {event.target}: {event.outcome} after {_s(event.seconds)}"
        case events.SurveyAnswered():
            served = f", after talking to {event.agent}" if event.agent else ""
            scale = f"{event.low} to {event.high}"
            return "survey", f"{event.survey}: gives {event.score} ({event.kind}, {scale}){served}"
    return None


def _queue(event: Event) -> tuple[str, str] | None:
    match event:
        case events.QueueEntered():
            kept = f" across {event.kept}" if event.kept else ""
            again = f", place kept{kept}" if event.resumed or event.kept else ""
            skills = f", needs {event.skills}" if event.skills else ""
            alone = f", for {event.wanted} alone at first" if event.wanted else ""
            priority = f", priority {event.priority}"
            return "queue", f"waits in {event.queue}{skills}{priority}{again}{alone}"
        case events.QueueLeft():
            agent = f" by {event.agent}" if event.agent else ""
            return "queue", f"leaves {event.queue}: {event.outcome}{agent}, wait {_s(event.wait_s)}"
        case events.OfferMade():
            why = f" because {event.reason}" if event.reason else ""
            step = f", relaxation step {event.step}" if event.step else ""
            return "offer", f"rings {event.agent}{why}{step}"
        case events.OfferEnded():
            return "offer", f"{event.agent}: {event.outcome}, rang {_s(event.ring_s)}"
        case events.ConversationStarted():
            return "talk", f"talks to {event.agent}"
        case events.ConversationEnded():
            hold = f", {_s(event.hold_s)} on hold" if event.hold_s else ""
            return "talk", f"talked {_s(event.talk_s)}{hold}; ended by {event.ended_by}"
        case events.DispositionGiven():
            group = f" ({event.group})" if event.group else ""
            note = f": {' '.join(event.note.split())}" if event.note else ""
            return "disposition", f"{event.agent} says {event.code}, {event.title}{group}{note}"
        case events.DispositionMissing():
            return "disposition", f"{event.agent} gives none, which {event.queue} asks for"
    return None


def _routing(event: Event) -> tuple[str, str] | None:
    match event:
        case events.QueueRelaxed():
            return "queue", f"relaxation step {event.step}: needs {event.skills or 'nothing'} now"
        case events.EstimateAnnounced():
            span = f"{_s(event.low_s)} to {_s(event.high_s)}"
            return "queue", f"told: place {event.position}, wait {span}"
        case events.EstimateSettled():
            told, waited = _s(event.announced_s), _s(event.waited_s)
            return "queue", f"had been told about {told}, waited {waited} from then"
        case events.CallbackRequested():
            return "callback", f"asks to be called back on {event.number}; keeps the place"
        case events.CallbackAttempted():
            return "callback", f"attempt {event.attempt}, agent {event.agent}: {event.outcome}"
        case events.CallbackEnded():
            after = f"after {event.attempts} attempts, {_s(event.wait_s)} since entering"
            return "callback", f"is over: {event.result} {after}"
    return None


def _handed_on(event: Event) -> tuple[str, str] | None:
    match event:
        case events.Transferred():
            to = f"{event.target} {event.to}"
            return "transfer", f"{event.agent} hands the caller on to {to} ({event.kind})"
        case events.Parked():
            return "transfer", f"{event.agent} parks the caller in slot {event.slot}"
        case events.Unparked():
            by = f" by {event.by}" if event.by else ""
            return (
                "transfer",
                f"leaves slot {event.slot}: {event.result}{by} after {_s(event.seconds)}",
            )
    return None


def _agent(event: Event) -> tuple[str, str] | None:
    match event:
        case events.AgentChanged():
            reason = f" ({event.reason})" if event.reason else ""
            return "agent", f"{event.agent}: {event.before} to {event.after}{reason}"
        case events.OrderGiven():
            refusal = f"; refused: {event.refusal}" if event.refusal else ""
            return "order", f"{event.order}, by {event.by}{refusal}"
        case events.RecordingStarted():
            return "recording", f"{event.recording} starts"
        case events.RecordingPaused():
            return "recording", f"{event.recording} is paused: {event.reason}"
        case events.RecordingResumed():
            return "recording", f"{event.recording} goes on: {event.reason}"
        case events.ConsentAnswered():
            return "recording", f"consent {event.answer} by {event.by}"
        case events.RecordingFinished():
            size = f"{_s(event.seconds)}, {event.bytes} bytes"
            return "recording", f"{event.recording} is {event.result}: {size}"
    return None


def _kept(event: Event) -> tuple[str, str] | None:
    match event:
        case events.RecordingPlayed():
            return "recording", f"{event.recording} is heard by {event.by}"
        case events.RecordingDeleted():
            return "recording", f"{event.recording} is deleted by {event.by}: {event.reason}"
        case events.HoldChanged():
            held = f"on hold: {event.reason}" if event.held else "not on hold any more"
            return "hold", f"{held}, by {event.by}"
    return None


def _supervision(event: Event) -> tuple[str, str] | None:
    match event:
        case events.HelpAsked():
            return "help", f"{event.agent} asks for help"
        case events.HelpEnded():
            by = f" by {event.by}" if event.by else ""
            result = f"{event.result}{by} after {_s(event.seconds)}"
            return "help", f"{event.agent} asks for none any more: {result}"
        case events.SupervisionStarted():
            return "supervision", f"{event.supervisor} on {event.agent}: {event.mode}"
        case events.SupervisionModeChanged():
            return "supervision", f"{event.supervisor} on {event.agent}: now {event.mode}"
        case events.SupervisionEnded():
            return "supervision", f"{event.supervisor} leaves {event.agent}: {_s(event.seconds)}"
    return None


def _s(seconds: float) -> str:
    """`7.3 s`, `2 min 05 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"
