"""Who talked to each caller last, so that whoever calls again can get the same person."""

from collections import OrderedDict
from collections.abc import Iterable

from ivr.model import events
from ivr.ports import LastTalk

CALLERS_MAX = 50_000
"""The latest; who called longer ago is nobody's caller any more."""


class LastAgents:
    """A recorder: it learns from what happens. Anonymous callers have no last agent."""

    def __init__(self) -> None:
        self._callers: dict[str, str] = {}
        """Call -> caller, of calls under way."""
        self._talks: dict[str, LastTalk] = {}
        """Call -> its last conversation, of calls under way."""
        self._agents: OrderedDict[str, str] = OrderedDict()

    def record(self, event: events.Event) -> None:
        match event:
            case events.CallStarted():
                self._callers[event.call] = event.caller
            case events.CallEnded():
                self._callers.pop(event.call, None)
                self._talks.pop(event.call, None)
            case events.ConversationStarted():
                self._talked(event)

    def learn(self, history: Iterable[events.Event]) -> None:
        """What a former server wrote down, in order; only of calls it saw begin."""
        for event in history:
            self.record(event)

    def of(self, caller: str) -> str:
        """The agent, or nobody: empty."""
        return self._agents.get(caller, "")

    def talk_of(self, call: str) -> LastTalk:
        """The last conversation of this call under way."""
        return self._talks.get(call, LastTalk())

    def _talked(self, event: events.ConversationStarted) -> None:
        if event.call in self._callers:
            self._talks[event.call] = LastTalk(event.queue, event.agent)
        if caller := self._callers.get(event.call, ""):
            self._agents[caller] = event.agent
            self._agents.move_to_end(caller)
        if len(self._agents) > CALLERS_MAX:
            self._agents.popitem(last=False)
