"""Talking: caller and agent joined, recorded, and parted again."""

from dataclasses import replace

from ivr.model.errors import CallerGoneError
from ivr.ports import Line
from ivr.service.conversations import Conversation, started
from ivr.service.desk import Desk, record_end, release, void
from ivr.service.handovers import Handover, Parting
from ivr.service.places import Match, Stay
from ivr.service.recordings import Recording
from ivr.service.remembering import Remembering
from ivr.service.taping import Taping
from ivr.service.together import Together


class Talking:
    """One caller's conversations with agents."""

    def __init__(
        self, desk: Desk, line: Line, remembering: Remembering, taping: Taping | None = None
    ) -> None:
        """`taping` is what is recorded of the call besides its conversations."""
        self._desk = desk
        self._line = line
        self._remembering = remembering
        self._taping = taping or Taping(desk, line)
        self._together = Together(desk, line, remembering)

    async def talk(self, match: Match, stay: Stay, talk: str = "") -> Parting | Handover:
        """Join the two until one leaves; what comes next for the caller.

        `stay` is the one that led here: it says whether to record, and which place is given back
        when the agent sends the caller on. `talk` is what the core calls this talk, if not by the
        call's id.
        """
        desk, line = self._desk, self._line
        conversation = Conversation(
            line.id, stay.request.queue, match.agent, match.leg, line.channel, desk.clock.now()
        )
        conversation.talk = talk or line.id
        recording: Recording | None = None
        ended_at: float | None = None
        desk.conversations.add(conversation)
        try:
            await self._remembering.talking(match, stay.entered_at)
            await line.stop_music()
            await self._taping.break_off()
            if self._taping.allows(stay.queue.record):
                recording = await desk.recordings.start(line, match.queue, match.agent)
            desk.recorder.record(started(conversation))
            await line.join(match.leg)
            while both := desk.conversations.brought_in(line.channel):
                if await self._together.talk(conversation, both, stay.entered_at):
                    again = replace(match, leg=conversation.leg)
                    await self._remembering.talking(again, stay.entered_at)
                    recording = await self._recorded_anew(recording)
                    await line.join(conversation.leg)
            # First of all the agent is free: the next caller is more urgent than what follows.
            ended_at = release(desk, conversation)
            await line.stop_recording()
            joined = await line.joined()
            await self._taping.go_on()
        except Exception as error:
            ended_by = "caller" if isinstance(error, CallerGoneError) else "unknown"
            if ended_at is None:
                ended_at, joined = release(desk, conversation), False
            else:
                joined = True
            if ended_by == "caller" and await desk.conversations.is_referred(conversation):
                ended_by = "transfer"  # the caller comes back in a session of their own
            else:
                void(desk, line.channel)
            self._ended(conversation, recording, ended_by, ended_at)
            if not joined:  # perhaps never joined: do not leave the agent in silence
                leg = conversation.leg
                desk.tasks.start(desk.dispatcher.drop_leg(leg), f"drop {leg}")
            raise
        handover = desk.conversations.handed_on(line.channel)
        self._ended(conversation, recording, "transfer" if handover else "agent", ended_at)
        return handover or (Parting.OVER if joined else Parting.NOT_JOINED)

    async def _recorded_anew(self, before: Recording | None) -> Recording | None:
        """Another channel speaks from now on: that is another recording."""
        if before is None:
            return None
        desk = self._desk
        await self._line.stop_recording()
        talk_s = desk.clock.now() - before.started_at
        desk.tasks.start(desk.recordings.finish(before, talk_s), f"finish {before.id}")
        return await desk.recordings.start(self._line, before.queue, before.agent)

    def _ended(
        self,
        conversation: Conversation,
        recording: Recording | None,
        ended_by: str,
        ended_at: float,
    ) -> None:
        desk = self._desk
        record_end(desk, conversation, ended_by, ended_at)
        if recording is not None:
            talk_s = ended_at - recording.started_at
            desk.tasks.start(desk.recordings.finish(recording, talk_s), f"finish {recording.id}")
