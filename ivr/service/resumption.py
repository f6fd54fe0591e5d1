"""After a restart or a lost link: believe the snapshot, take over what is there, close what is not.

Nothing is assumed to have survived. Asterisk is the truth about channels, the journal about
history; what the two disagree on ends here, with an event.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import inf

import structlog

from ivr.acd.errors import RoutingError
from ivr.acd.messages import Dispose, Hold, LogIn, Pause, Release, Resume, ResumeWrapUp
from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, QueueId
from ivr.ports import Memo
from ivr.service.callback_history import is_called_back
from ivr.service.conversations import Conversation, started
from ivr.service.desk import Desk, record_end, release, void
from ivr.service.dispositions import is_of
from ivr.service.legs import LegAnswered, LegFailed, Snapshot
from ivr.service.orders import asked_for, extended_s
from ivr.service.privacy import AGENT
from ivr.service.recordings import Recording

log = structlog.get_logger(__name__)

REATTACH_LIMIT_S = 5.0
"""How long nobody is offered after a start while callers found waiting come back, in order."""


@dataclass(frozen=True)
class Detached:
    """A call found under way whose session has not come back yet."""

    memo: Memo
    history: Sequence[events.Event]


class Resumption:
    """Reconciles the core with the telephony side; owns calls until their session is back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._detached: dict[str, Detached] = {}
        """By caller's channel."""
        self._awaited: set[str] = set()
        """Channels of callers who were in line and do not stand there again yet."""
        self._settled: set[str] = set()
        """Channels that went before their session came back: their ends are on record."""
        self._taken_over: dict[str, Conversation] = {}
        """By leg."""
        self._kept: set[str] = set()
        """Legs on which somebody talks to a caller, agent or not."""

    @property
    def away(self) -> int:
        """Calls under way whose session has not come back: they talk, or are about to return."""
        return len(self._detached)

    # --- at the first login of this server

    def settle_offers(
        self, snapshot: Snapshot, calls: Mapping[str, Sequence[events.Event]]
    ) -> None:
        """Offers the former server left open: who was answered talks by now, the rest is over."""
        memos = [channel.memo for channel in snapshot.channels if channel.memo is not None]
        talking = {leg for memo in memos for leg in (memo.leg, memo.second_leg)}
        now = self._desk.clock.now()
        for offer in (one for history in calls.values() for one in _open_offers(history)):
            accepted = offer.channel in talking
            self._desk.recorder.record(
                events.OfferEnded(
                    at=now,
                    call=offer.call,
                    offer=offer.offer,
                    queue=offer.queue,
                    agent=offer.agent,
                    outcome=OfferOutcome.ACCEPTED if accepted else OfferOutcome.CANCELLED,
                    ring_s=now - offer.at,
                )
            )

    async def take_over(
        self,
        snapshot: Snapshot,
        agents: Mapping[str, events.AgentChanged],
        calls: Mapping[str, Sequence[events.Event]],
        orders: Sequence[events.OrderGiven] = (),
    ) -> None:
        """Rebuild agents, conversations and the line from the snapshot and the journal.

        `orders` are those about agents, since `busy_since`.
        """
        dispatcher = self._desk.dispatcher
        dispatcher.devices.replace(snapshot)
        self._detached = {
            channel.channel: Detached(channel.memo, calls.get(channel.memo.call, ()))
            for channel in snapshot.channels
            if channel.memo is not None
        }
        self._awaited = {
            channel for channel, found in self._detached.items() if found.memo.state == "waiting"
        }
        # Also with nobody to come back: call-backs stand in line already, and whoever is paused,
        # writes up or talks is available for a moment.
        dispatcher.feed(Hold(self._desk.clock.now() + REATTACH_LIMIT_S))
        since = {
            agent: [one for one in orders if one.agent == agent and one.at >= last.at]
            for agent, last in agents.items()
        }
        self._restore_agents(agents, since)
        legs = {c.channel for c in snapshot.channels if c.is_leg}
        live = {c.channel for c in snapshot.channels}
        for channel, detached in self._detached.items():
            if detached.memo.state == "talking":
                self._take_over_talk(channel, detached, live)
        dispatcher.drop_strays(legs - self._taken_over.keys() - self._kept)
        for name, last in agents.items():
            wish = asked_for(name, since[name])
            if last.after is AgentState.ON_CALL and wish and name in self._desk.site.agents:
                dispatcher.feed(wish)
        for agent in self._desk.site.agents.values():
            dispatcher.refresh_device(agent.extension)
        self._release()
        alive = {detached.memo.call for detached in self._detached.values()}
        for call, history in calls.items():
            self._settle_conversations(history)
            if call not in alive:
                self._settle(history, "lost")
        for recording in await self._desk.recordings.take_over():
            if self._desk.conversations.of_call(recording.call) is None:
                self._finish(recording, None)

    def _restore_agents(
        self,
        agents: Mapping[str, events.AgentChanged],
        orders: Mapping[str, Sequence[events.OrderGiven]],
    ) -> None:
        """Paused stays paused, and who was writing up goes on until it is over or they are ready;
        everybody else logged in is available, since then if they were before."""
        for agent, last in agents.items():
            if agent not in self._desk.site.agents or last.after is AgentState.LOGGED_OUT:
                continue
            idle_since = last.at if last.after is AgentState.AVAILABLE else None
            self._desk.dispatcher.feed(LogIn(AgentId(agent), idle_since))
            if last.after is AgentState.PAUSED:
                self._desk.dispatcher.feed(Pause(AgentId(agent), last.reason))
            elif last.after is AgentState.WRAP_UP:
                until = last.until + extended_s(orders[agent]) if last.until else inf
                self._desk.dispatcher.feed(ResumeWrapUp(AgentId(agent), CallId(last.call), until))

    def _take_over_talk(self, channel: str, found: Detached, live: Set[str]) -> None:
        """Of one caller with one agent, or with one and somebody else."""
        memo = found.memo
        talks = [
            Conversation(memo.call, memo.queue, agent, leg, channel, memo.talking_since, talk=talk)
            for agent, leg, talk in (
                (memo.agent, memo.leg, memo.call),
                (memo.second_agent, memo.second_leg, f"{memo.call}+{memo.second_leg}"),
            )
            if leg in live
        ]
        self._kept |= {one.leg for one in talks}
        for one in talks:
            one.shared = len(talks) > 1
            if one.agent:
                self._take_over_conversation(one, found.history)
        if talks:
            self._desk.recorder.record(
                events.CallResumed(at=self._desk.clock.now(), call=memo.call, state="talking")
            )

    def _take_over_conversation(self, one: Conversation, history: Sequence[events.Event]) -> None:
        callback = is_called_back(history)
        began = _open_talks(history).get(one.agent)
        if began is not None:
            one.started_at = began.at
        elif one.talk != one.call:  # brought in by the other one: from now on it is theirs, too
            one.started_at = self._desk.clock.now()
            self._desk.recorder.record(started(one))
        try:
            self._desk.dispatcher.feed(
                Resume(
                    CallId(one.talk),
                    AgentId(one.agent),
                    QueueId(one.queue),
                    callback=callback,
                    since=one.started_at,
                )
            )
        except RoutingError as error:  # an agent or a queue that the site no longer has
            log.warning("conversation left alone", call=one.call, error=str(error))
            return
        self._desk.conversations.add(one)
        if any(is_of(event, one) for event in history):
            self._desk.dispatcher.feed(Dispose(AgentId(one.agent), CallId(one.talk)))
        self._take_over_privacy(one, history)
        self._taken_over[one.leg] = one

    def _take_over_privacy(
        self, conversation: Conversation, history: Sequence[events.Event]
    ) -> None:
        """What an agent has paused stays so, for the rest of its time."""
        paused = _open(history, events.RecordingPaused, events.RecordingResumed)
        if not isinstance(paused, events.RecordingPaused) or paused.reason != AGENT:
            return
        if paused.at < conversation.started_at:  # of a talk before this one
            return
        call, privacy = conversation.call, self._desk.privacy
        privacy.take_over(call, conversation.channel, paused.recording, AGENT)
        limit_s = self._desk.site.recording.agent_pause_s_max
        privacy.end_later(call, AGENT, paused.at + limit_s - self._desk.clock.now())

    def _settle(self, history: Sequence[events.Event], result: str) -> None:
        """Write the ends that nobody could write: of the place in line, and of the call."""
        now = self._desk.clock.now()
        place = _open(history, events.QueueEntered, events.QueueLeft)
        if isinstance(place, events.QueueEntered):
            self._desk.recorder.record(
                events.QueueLeft(
                    at=now,
                    call=place.call,
                    queue=place.queue,
                    outcome=QueueOutcome.ABANDONED,
                    wait_s=now - place.entered_at,
                )
            )
        started = next((e for e in history if isinstance(e, events.CallStarted)), None)
        if started is not None:
            self._desk.recorder.record(
                events.CallEnded(
                    at=now,
                    call=started.call,
                    flow=started.flow,
                    result=result,
                    duration_s=now - started.at,
                    node="",
                )
            )

    def _settle_conversations(self, history: Sequence[events.Event]) -> None:
        """Those that were not taken over are over, and nobody saw how."""
        now = self._desk.clock.now()
        for agent, began in _open_talks(history).items():
            here = self._desk.conversations.of_agent(agent)
            if here is not None and here.call == began.call:
                continue
            self._desk.recorder.record(
                events.ConversationEnded(
                    at=now,
                    call=began.call,
                    queue=began.queue,
                    agent=agent,
                    talk_s=now - began.at,
                    hold_s=0.0,
                    ended_by="unknown",
                )
            )

    # --- at every later login

    def reconcile(self, snapshot: Snapshot) -> None:
        """The link was lost for a while: find out what was missed, then go on offering."""
        dispatcher = self._desk.dispatcher
        dispatcher.devices.replace(snapshot)
        legs = {c.channel: c for c in snapshot.channels if c.is_leg}
        for offer in dispatcher.offers():
            leg = legs.get(offer.leg)
            if leg is None:
                dispatcher.on_leg_event(LegFailed(offer.leg, OfferOutcome.FAILED))
            elif leg.answered and offer.briefed:  # how the briefing ended was missed: once more
                dispatcher.on_leg_event(LegFailed(offer.leg, OfferOutcome.CANCELLED))
            elif leg.answered:
                dispatcher.on_leg_event(LegAnswered(offer.leg))
        alive = {c.channel for c in snapshot.channels}
        for channel in (self._taken_over.keys() | self._detached.keys()) - alive:
            self.channel_gone(channel)
        dispatcher.drop_strays(legs.keys() - self._taken_over.keys() - self._kept)
        for agent in self._desk.site.agents.values():
            dispatcher.refresh_device(agent.extension)
        self._release()

    # --- from then on

    def session_back(self, channel: str) -> bool:
        """A caller's session is here: from now on it owns the call.

        False when the caller had gone and everything about the call is on record already.
        """
        self._detached.pop(channel, None)
        return channel not in self._settled

    def returned(self, channel: str) -> None:
        """A caller stands in line again, or will not. With the last one, offering begins again."""
        if channel in self._awaited:
            self._awaited.remove(channel)
            self._release()

    def _release(self) -> None:
        if not self._awaited:
            self._desk.dispatcher.feed(Release())

    def channel_gone(self, channel: str) -> None:
        """A leg taken over ended, or a caller hung up before their session came back."""
        self._kept.discard(channel)
        if conversation := self._taken_over.get(channel):
            self._conversation_over(conversation, "agent")
        detached = self._detached.pop(channel, None)
        if detached is None:
            return
        self._settled.add(channel)
        void(self._desk, channel)
        for conversation in [one for one in self._taken_over.values() if one.channel == channel]:
            self._conversation_over(conversation, "caller")
        self._settle(detached.history, "hangup")
        self.returned(channel)

    def _conversation_over(self, conversation: Conversation, by: str) -> None:
        del self._taken_over[conversation.leg]
        others = [one for one in self._taken_over.values() if one.call == conversation.call]
        record_end(self._desk, conversation, by, release(self._desk, conversation))
        for other in others:
            other.shared = False
        recording = self._desk.recordings.open_of(conversation.call)
        if recording is not None and not others:
            self._finish(recording, self._desk.clock.now() - recording.started_at)

    def _finish(self, recording: Recording, talk_s: float | None) -> None:
        self._desk.tasks.start(
            self._desk.recordings.finish(recording, talk_s), f"finish {recording.id}"
        )


def busy_since(agents: Mapping[str, events.AgentChanged], now: float) -> float:
    """When the first of those who talk or write up, by the journal, began to."""
    busy = (AgentState.ON_CALL, AgentState.WRAP_UP)
    return min((last.at for last in agents.values() if last.after in busy), default=now)


def _open_offers(history: Sequence[events.Event]) -> list[events.OfferMade]:
    """Those that nobody wrote an end of."""
    ended = {event.offer for event in history if isinstance(event, events.OfferEnded)}
    made = (event for event in history if isinstance(event, events.OfferMade))
    return [event for event in made if event.offer not in ended]


def _open_talks(history: Sequence[events.Event]) -> dict[str, events.ConversationStarted]:
    """By agent: conversations that nobody wrote an end of."""
    found: dict[str, events.ConversationStarted] = {}
    for event in history:
        if isinstance(event, events.ConversationStarted):
            found[event.agent] = event
        elif isinstance(event, events.ConversationEnded):
            found.pop(event.agent, None)
    return found


def _open(
    history: Sequence[events.Event], begin: type[events.Event], end: type[events.Event]
) -> events.Event | None:
    """The last `begin` that no `end` follows."""
    found: events.Event | None = None
    for event in history:
        if isinstance(event, begin):
            found = event
        elif isinstance(event, end):
            found = None
    return found
