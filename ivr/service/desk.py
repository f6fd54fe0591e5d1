"""What everybody who handles calls shares, and how a conversation ends, whoever noticed it."""

from dataclasses import dataclass, field, replace

from ivr.model import events
from ivr.model.site import Site
from ivr.ports import Clock, Recorder
from ivr.service.conversations import Conversation, Conversations
from ivr.service.dispatcher import Dispatcher
from ivr.service.handovers import ToBoth, ToSlot
from ivr.service.last_agents import LastAgents
from ivr.service.parking import Parking
from ivr.service.privacy import Privacy
from ivr.service.recordings import Recordings
from ivr.service.tasks import Tasks


@dataclass
class Desk:
    """The shared parts of the service, constructed once."""

    site: Site
    """The one in force; a reload puts another in its place."""
    dispatcher: Dispatcher
    conversations: Conversations
    recordings: Recordings
    privacy: Privacy
    recorder: Recorder
    clock: Clock
    tasks: Tasks
    """Owns what outlives a call: finishing its recording."""
    parking: Parking = field(default_factory=Parking)
    last_agents: LastAgents = field(default_factory=LastAgents)


def release(desk: Desk, conversation: Conversation) -> float:
    """The two have parted: the agent goes on to wrap-up. Returns when that was.

    The leg needs no order to end: its dialplan goes on to a hang-up.
    """
    now = desk.clock.now()
    conversation.hold(on=False, now=now)
    desk.conversations.remove(conversation)
    desk.privacy.forget(conversation.call)
    desk.dispatcher.conversation_over(conversation.talk, wrap_up=True)
    return now


def void(desk: Desk, channel: str) -> None:
    """This caller has gone: whatever an agent ordered for them is not carried out."""
    handover = desk.conversations.handed_on(channel)
    if handover is not None and isinstance(handover.target, ToBoth):
        handover = replace(handover, target=handover.target.there)
    desk.dispatcher.void(handover)
    if handover is not None and isinstance(handover.target, ToSlot):
        desk.parking.forget(handover.target.slot)


def record_end(desk: Desk, conversation: Conversation, ended_by: str, ended_at: float) -> None:
    """Put the end of a conversation on record; `ended_by` as in ConversationEnded."""
    desk.recorder.record(
        events.ConversationEnded(
            at=ended_at,
            call=conversation.call,
            queue=conversation.queue,
            agent=conversation.agent,
            talk_s=ended_at - conversation.started_at - conversation.hold_s,
            hold_s=conversation.hold_s,
            ended_by=ended_by,
        )
    )
