"""What the journal knows of a call-back still to be made: all that a restarted server needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.model import events
from ivr.model.recording import ConsentAnswer


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A caller wants to be called back; the place in line goes on without them."""

    call: str
    queue: str
    number: str
    skills: str
    priority: int
    entered_at: float
    """Original time of entry."""
    joined_at: float
    """When the call came to this queue: relaxation counts from here."""
    expires_at: float
    flow: str
    node: str
    """The queue node the flow goes on from."""
    variables: str
    """JSON; without sensitive values."""
    frames: str = "[]"
    """JSON: the flows that wait for this one to come back."""
    consent: ConsentAnswer = ""
    """To being recorded."""
    dialled: str
    started_at: float
    """When the call began."""


@dataclass(frozen=True)
class Left:
    """What is left of a wish: the attempts made, and the moment of the next one."""

    wish: Wish
    attempts: int
    last_at: float | None
    """When the last attempt failed; None: none was made."""


def left_of(history: Sequence[events.Event]) -> Left | None:
    """The call-back that this call still waits for; None: none, or its customer is on the line.

    An attempt that a server did not live to see the end of has not been made.
    """
    return _left(history, confirmed=False)


def confirmed_of(history: Sequence[events.Event]) -> Left | None:
    """The call-back whose customer is (or was last seen) on the line, before an agent came."""
    return _left(history, confirmed=True)


def _left(history: Sequence[events.Event], *, confirmed: bool) -> Left | None:
    request = _request(history)
    started = next((one for one in history if isinstance(one, events.CallStarted)), None)
    if request is None or started is None:
        return None
    attempts = _attempts(history, request)
    if (bool(attempts) and attempts[-1].outcome == "confirmed") is not confirmed:
        return None
    return Left(
        _wish(request, started, _joined_at(history, request)),
        len(attempts),
        attempts[-1].at if attempts else None,
    )


def is_called_back(history: Sequence[events.Event]) -> bool:
    """Whether the caller is on the line, or talking, because they were called back.

    Once that talk is over, or they stand in another line, they are a caller like any other.
    """
    found = False
    for event in history:
        if isinstance(event, events.CallbackAttempted):
            found = event.outcome == "confirmed"
        elif isinstance(event, events.QueueEntered | events.ConversationEnded):
            found = False
    return found


def _request(history: Sequence[events.Event]) -> events.CallbackRequested | None:
    found: events.CallbackRequested | None = None
    for event in history:
        if isinstance(event, events.CallbackRequested):
            found = event
        elif isinstance(event, events.CallbackEnded):
            found = None
    return found


def _attempts(
    history: Sequence[events.Event], request: events.CallbackRequested
) -> list[events.CallbackAttempted]:
    since = list(history)[list(history).index(request) :]
    return [event for event in since if isinstance(event, events.CallbackAttempted)]


def _joined_at(history: Sequence[events.Event], request: events.CallbackRequested) -> float:
    """When the call came to that queue to stay there, up to the request."""
    joined_at = request.entered_at
    queue = ""
    for event in history:
        if event is request:
            break
        if isinstance(event, events.QueueEntered) and event.queue != queue:
            queue, joined_at = event.queue, event.at
    return joined_at


def _wish(request: events.CallbackRequested, started: events.CallStarted, joined_at: float) -> Wish:
    return Wish(
        call=request.call,
        queue=request.queue,
        number=request.number,
        skills=request.skills,
        priority=request.priority,
        entered_at=request.entered_at,
        joined_at=joined_at,
        expires_at=request.expires_at,
        flow=request.flow,
        node=request.node,
        variables=request.variables,
        frames=request.frames,
        consent=request.consent,
        dialled=started.dialled,
        started_at=started.at,
    )
