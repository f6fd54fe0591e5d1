"""Waiting in line and talking to an agent: what the queue node asks for.

The caller hears music from entering until the very moment of joining, also while a phone rings.
A server that is stopped leaves everything as it is: the conversation goes on without it, the place
in line lies in the call's memo, and the next server takes both over.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ivr.model import events
from ivr.model.agents import QueueOutcome
from ivr.model.errors import CallerGoneError
from ivr.model.site import Queue
from ivr.ports import Call, Line, Memo, QueueRequest, QueueResult
from ivr.service.conversations import Conversation
from ivr.service.desk import Desk, record_end, release
from ivr.service.places import Match, NoMatch, Place
from ivr.service.recordings import Recording


class LineQueues:
    """The Queues port of one call. `memo_now` describes the call's flow, node and variables.

    `resumed` is the memo of a call that a former server left in line: its first wait in that queue
    keeps the original time of entry; `back_in_line` is told once it stands there again.
    """

    def __init__(
        self,
        desk: Desk,
        line: Line,
        memo_now: Callable[[], Memo],
        resumed: Memo | None,
        back_in_line: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._line = line
        self._memo_now = memo_now
        self._resumed = resumed
        self._back_in_line = back_in_line

    async def serve(self, call: Call, request: QueueRequest) -> QueueResult:
        if call.id != self._line.id:
            raise ValueError(f"{call.id} asks for the queues of {self._line.id}")
        queue = self._desk.site.queues[request.queue]
        resumed, self._resumed = self._resumed, None
        if resumed is None or resumed.queue != request.queue:
            resumed = None
        entered_at = self._desk.clock.now() if resumed is None else resumed.entered_at
        while True:
            found = await self._stand_in_line(request, queue, entered_at, resumed is not None)
            match found:
                case str():
                    return QueueResult(QueueOutcome.EXIT_KEY, found)
                case NoMatch():
                    await self._line.stop_music()
                    return QueueResult(found.outcome)
                case Match() if await self._talk(found, queue):
                    return QueueResult(QueueOutcome.ANSWERED)
            # The agent's phone went away in the very instant of joining: same place, next agent.
            resumed = None

    async def _stand_in_line(
        self, request: QueueRequest, queue: Queue, entered_at: float, resumed: bool
    ) -> Match | NoMatch | str:
        """What ended the wait: an agent, the queue's own limits, or the exit key pressed."""
        wait_s_max = queue.wait_s_max if request.wait_s_max is None else request.wait_s_max
        place = self._desk.dispatcher.enter(
            self._line.id,
            request.queue,
            _both(queue.skills, request.skills),
            queue.priority + request.priority,
            entered_at=entered_at,
            wait_s_max=wait_s_max,
            caller=self._line.caller,
            leave_if_empty=request.leave_if_empty,
            resumed=resumed,
        )
        try:
            if resumed:
                self._back_in_line()
            await self._remember("waiting", place)
            await self._line.start_music(queue.music)
            return await self._found(place, request.exit_keys)
        except Exception:  # hung up, or failed: either way nobody stands in this place any more
            self._abandon(place)
            raise

    def _abandon(self, place: Place) -> None:
        """The caller hung up, perhaps in the instant in which an agent answered."""
        if place.found.done() and isinstance(match := place.found.result(), Match):
            self._desk.dispatcher.conversation_over(place.call, wrap_up=False)
            self._desk.tasks.start(self._desk.dispatcher.drop_leg(match.leg), f"drop {match.leg}")
        else:
            self._desk.dispatcher.leave(place, QueueOutcome.ABANDONED)

    async def _found(self, place: Place, exit_keys: str) -> Match | NoMatch | str:
        gone = asyncio.create_task(self._line.wait_gone(), name=f"gone {place.call}")
        key = asyncio.create_task(self._exit_key(exit_keys), name=f"key {place.call}")
        try:
            ends: set[asyncio.Future[Any]] = {place.found, gone, key}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise CallerGoneError
            if place.found.done():
                return place.found.result()
            self._desk.dispatcher.leave(place, QueueOutcome.EXIT_KEY)
            await self._line.stop_music()
            return key.result()
        finally:
            gone.cancel()
            key.cancel()

    async def _exit_key(self, exit_keys: str) -> str:
        while True:
            key = await self._line.next_key()
            if key in exit_keys:
                return key

    async def _talk(self, match: Match, queue: Queue) -> bool:
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
            await self._remember("talking", match)
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

    async def _remember(self, state: str, of: Place | Match) -> None:
        memo = replace(self._memo_now(), state=state)
        match of:
            case Place():
                memo = replace(memo, queue=of.queue, entered_at=of.entered_at)
            case Match():
                memo = replace(memo, queue=of.queue, agent=of.agent, leg=of.leg)
                memo = replace(memo, talking_since=self._desk.clock.now())
        await self._line.remember(memo)


def _started(conversation: Conversation) -> events.ConversationStarted:
    return events.ConversationStarted(
        at=conversation.started_at,
        call=conversation.call,
        queue=conversation.queue,
        agent=conversation.agent,
        channel=conversation.leg,
    )


def _both(first: str, second: str) -> str:
    if first and second:
        return f"({first}) and ({second})"
    return first or second
