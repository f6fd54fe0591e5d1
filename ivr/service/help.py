"""Agents who ask for help while they talk: until a supervisor is there, or the talk is over."""

from collections.abc import Iterable

from ivr.model import events
from ivr.model.errors import IvrError
from ivr.model.events import Event
from ivr.model.ids import AgentId
from ivr.ports import Clock, Recorder
from ivr.service.conversations import Conversations


class NoTalkToHelpError(IvrError):
    """The agent talks to nobody."""


class Help:
    """A recorder: what ends a talk, or brings a supervisor, ends the asking. Has to be the last of
    those told of events, as it makes some of its own."""

    def __init__(self, conversations: Conversations, recorder: Recorder, clock: Clock) -> None:
        self._conversations = conversations
        self._recorder = recorder
        self._clock = clock
        self._asked: dict[str, events.HelpAsked] = {}
        """By agent."""

    def since(self, agent: str) -> float | None:
        """When the agent began to ask; None: asks for none."""
        asked = self._asked.get(agent)
        return asked.at if asked else None

    def ask(self, agent: AgentId, by: str) -> None:
        """Asking again changes nothing. NoTalkToHelpError."""
        talk = self._conversations.of_agent(agent)
        if talk is None:
            raise NoTalkToHelpError(f"agent {agent} is not talking to a caller")
        if agent in self._asked:
            return
        asked = events.HelpAsked(
            at=self._clock.now(), call=talk.call, agent=agent, queue=talk.queue, by=by
        )
        self._asked[agent] = asked
        self._recorder.record(asked)

    def withdraw(self, agent: AgentId, by: str) -> None:
        """Of somebody who asks for none, nothing happens."""
        self._end(agent, "withdrawn", by, self._clock.now())

    def learn(self, history: Iterable[Event]) -> None:
        """What was asked for when the server before this one ended, from calls that go on."""
        for event in history:
            match event:
                case events.HelpAsked():
                    self._asked[event.agent] = event
                case events.HelpEnded() | events.ConversationEnded():
                    if self._is_about(event.agent, event.call):
                        del self._asked[event.agent]

    def record(self, event: Event) -> None:
        match event:
            case events.SupervisionStarted():
                self._end(event.agent, "joined", event.supervisor, event.at)
            case events.ConversationEnded():
                if self._is_about(event.agent, event.call):
                    self._end(event.agent, "over", "", event.at)

    def _is_about(self, agent: str, call: str) -> bool:
        """Other talks of the agent end, too: one handed on, or one the server found over."""
        asked = self._asked.get(agent)
        return asked is not None and asked.call == call

    def _end(self, agent: str, result: str, by: str, at: float) -> None:
        asked = self._asked.pop(agent, None)
        if asked is not None:
            self._recorder.record(
                events.HelpEnded(
                    at=at,
                    call=asked.call,
                    agent=agent,
                    result=result,
                    by=by,
                    seconds=at - asked.at,
                )
            )
