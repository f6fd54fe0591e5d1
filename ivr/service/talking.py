"""Talking: caller and agent joined, recorded, and parted again."""

from ivr.model import events
from ivr.model.errors import CallerGoneError
from ivr.model.site import Queue
from ivr.ports import Line
from ivr.service.conversations import Conversation
from ivr.service.desk import Desk, record_end, release
from ivr.service.places import Match
from ivr.service.recordings import Recording
from ivr.service.remembering import Remembering


class Talking:
    """One caller's conversations with agents."""

    def __init__(self, desk: Desk, line: Line, remembering: Remembering) -> None:
        self._desk = desk
        self._line = line
        self._remembering = remembering

    async def talk(self, match: Match, queue: Queue) -> bool:
        """Join the two until one leaves; False when the agent was gone before it began."""
        desk, line = self._desk, self._line
        started_at = desk.clock.now()
        conversation = Conversation(
            line.id, match.queue, match.agent, match.leg, line.channel, started_at
        )
        recording: Recording | None = None
        ended_at: float | None = None
        desk.conversations.add(conversation)
        try:
            await self._remembering.talking(match)
            await line.stop_music()
            if queue.record:
                recording = await desk.recordings.start(line, match.queue, match.agent)
            desk.recorder.record(_started(conversation))
            await line.join(match.leg)
            # First of all the agent is free: the next caller is more urgent than what follows.
            ended_at = release(desk, conversation)
            await line.stop_recording()
            joined = await line.joined()
        except Exception as error:
            ended_by = "caller" if isinstance(error, CallerGoneError) else "unknown"
            self._ended(conversation, recording, ended_by, ended_at)
            if ended_at is None:  # perhaps never joined: do not leave the agent in silence
                desk.tasks.start(desk.dispatcher.drop_leg(match.leg), f"drop {match.leg}")
            raise
        self._ended(conversation, recording, "agent", ended_at)
        return joined

    def _ended(
        self,
        conversation: Conversation,
        recording: Recording | None,
        ended_by: str,
        ended_at: float | None,
    ) -> None:
        desk = self._desk
        if ended_at is None:
            ended_at = release(desk, conversation)
        record_end(desk, conversation, ended_by, ended_at)
        if recording is not None:
            talk_s = ended_at - recording.started_at
            desk.tasks.start(desk.recordings.finish(recording, talk_s), f"finish {recording.id}")


def _started(conversation: Conversation) -> events.ConversationStarted:
    return events.ConversationStarted(
        at=conversation.started_at,
        call=conversation.call,
        queue=conversation.queue,
        agent=conversation.agent,
        channel=conversation.leg,
    )
