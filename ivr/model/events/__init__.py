"""Domain events: what happened, once, in the field's words; a file for each topic.

Nodes and services hand them to one recorder; the journal stores every one, metrics count them: the
two agree by construction. Times are UTC epoch seconds (float); durations end in `_s`.
"""

from ivr.model.events.agent import AgentChanged
from ivr.model.events.base import Event
from ivr.model.events.call import (
    CallEnded,
    CallRefused,
    CallResumed,
    CallStarted,
    Dialled,
    FlowFailed,
    InputReceived,
    LookedUp,
    NodeEntered,
    NodeLeft,
)
from ivr.model.events.callback import CallbackAttempted, CallbackEnded, CallbackRequested
from ivr.model.events.closure import ClosureChanged
from ivr.model.events.disposition import DispositionGiven, DispositionMissing
from ivr.model.events.help import HelpAsked, HelpEnded
from ivr.model.events.keeping import EventsPruned, HoldChanged, RecordingDeleted
from ivr.model.events.order import OrderGiven, PinRefused
from ivr.model.events.outbound import OutboundEnded, OutboundRefused, OutboundStarted
from ivr.model.events.queue import (
    ConversationEnded,
    ConversationStarted,
    EstimateAnnounced,
    EstimateSettled,
    OfferEnded,
    OfferMade,
    QueueEntered,
    QueueLeft,
    QueueRelaxed,
)
from ivr.model.events.report import ReportFailed, ReportScheduled, ReportSent, ReportStarted
from ivr.model.events.server import (
    AmiConnected,
    AmiLost,
    InvariantViolated,
    ReloadFailed,
    ServerStarted,
    ServerStopped,
    SiteReloaded,
)
from ivr.model.events.supervision import (
    ConsentAnswered,
    RecordingFinished,
    RecordingPaused,
    RecordingPlayed,
    RecordingResumed,
    RecordingStarted,
    SupervisionEnded,
    SupervisionModeChanged,
    SupervisionRefused,
    SupervisionStarted,
)
from ivr.model.events.survey import SurveyAnswered
from ivr.model.events.transfer import Parked, Transferred, Unparked
from ivr.model.events.voicemail import (
    MessageDeleted,
    MessageHeard,
    MessageLeft,
    MessageNotified,
    MessageRefused,
)

EVENT_TYPES: dict[str, type[Event]] = {
    event.type: event
    for event in (
        CallStarted,
        CallRefused,
        CallResumed,
        CallEnded,
        NodeEntered,
        NodeLeft,
        InputReceived,
        FlowFailed,
        LookedUp,
        MessageLeft,
        MessageRefused,
        MessageHeard,
        MessageDeleted,
        MessageNotified,
        Dialled,
        SurveyAnswered,
        QueueEntered,
        QueueLeft,
        QueueRelaxed,
        EstimateAnnounced,
        EstimateSettled,
        OfferMade,
        OfferEnded,
        ConversationStarted,
        ConversationEnded,
        DispositionGiven,
        DispositionMissing,
        HelpAsked,
        HelpEnded,
        OutboundStarted,
        OutboundRefused,
        OutboundEnded,
        CallbackRequested,
        CallbackAttempted,
        CallbackEnded,
        Transferred,
        Parked,
        Unparked,
        InvariantViolated,
        AgentChanged,
        OrderGiven,
        PinRefused,
        ClosureChanged,
        RecordingStarted,
        RecordingPaused,
        RecordingResumed,
        RecordingFinished,
        RecordingPlayed,
        RecordingDeleted,
        EventsPruned,
        HoldChanged,
        ConsentAnswered,
        SupervisionStarted,
        SupervisionModeChanged,
        SupervisionEnded,
        SupervisionRefused,
        ReportScheduled,
        ReportStarted,
        ReportSent,
        ReportFailed,
        ServerStarted,
        ServerStopped,
        SiteReloaded,
        ReloadFailed,
        AmiConnected,
        AmiLost,
    )
}
"""Every event, by its stable name."""
