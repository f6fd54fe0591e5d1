"""What agents say became of their talks: a code of the queue, and a note.

It can be given while they talk, while they write up, and afterwards, until their next talk begins.
"""

import re
from collections.abc import Callable, Iterable

from ivr.acd.messages import Dispose, Input
from ivr.model import events
from ivr.model.errors import IvrError
from ivr.model.events import Event
from ivr.model.ids import AgentId, CallId
from ivr.model.site import Queue, Site
from ivr.nodes.collect import luhn_valid
from ivr.ports import Clock, Recorder
from ivr.service.console.board import Item
from ivr.service.conversations import Conversation, Conversations

NOTE_MAX = 1000
"""Characters."""
HIDDEN = "•"
CARD_SHOWN = 4
"""Of a card number, so many digits may be kept."""
CARD_LENGTHS = range(13, 20)
_RUN = re.compile(rf"\d(?:[\W_]*\d){{{CARD_LENGTHS[0] - 1},}}")
"""Digits with anything between that is neither a letter nor a digit."""
_ISSUED = re.compile(r"(?:4\d|5[1-5]|2[2-7]|6\d)\d{14}|3[47]\d{13}")
"""Beginnings and lengths of most cards."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class NoTalkError(IvrError):
    """There is no talk of this agent's to say something of."""


class NoSuchDispositionError(IvrError):
    """The queue of the talk has no such code."""


class Dispositions:
    """Knows what was given of each agent's latest talk."""

    def __init__(
        self,
        site: Callable[[], Site],
        conversations: Conversations,
        feed: Callable[[Input], None],
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        """`feed` tells the core."""
        self._site = site
        self._conversations = conversations
        self._feed = feed
        self._recorder = recorder
        self._clock = clock
        self._given: dict[str, tuple[Conversation, events.DispositionGiven]] = {}
        """By agent."""

    def give(self, agent: AgentId, code: str, note: str, by: str, call: str = "") -> None:
        """Of their latest talk, which is in this call. NoTalkError, NoSuchDispositionError.

        Given again, it takes the place of what was given before.
        """
        talk = self._conversations.latest_of(agent)
        if talk is None:
            raise NoTalkError(f"agent {agent} has talked to nobody since this server started")
        if call not in ("", talk.call):
            raise NoTalkError(f"call {call} is not the latest of agent {agent} any more")
        queue = self._queue(talk)
        found = queue.disposition(code) if queue else None
        if found is None:
            known = ", ".join(queue.dispositions) if queue else ""
            hint = f"give one of {known}" if known else "it has none"
            raise NoSuchDispositionError(f"queue {talk.queue} has no disposition {code!r}; {hint}")
        given = events.DispositionGiven(
            at=self._clock.now(),
            call=talk.call,
            agent=agent,
            queue=talk.queue,
            code=code,
            title=found.title,
            group=found.group or "",
            note=sound_note(note),
            by=by,
        )
        self._given[agent] = (talk, given)
        self._recorder.record(given)
        self._feed(Dispose(agent, CallId(talk.talk)))

    def give_by_place(self, agent: AgentId, place: str, by: str) -> None:
        """The one at this place of the queue's list, from 1 on, as dialled on a phone; as `give`.

        A note given before stays.
        """
        talk = self._conversations.latest_of(agent)
        queue = self._queue(talk) if talk is not None else None
        codes = enumerate(queue.dispositions, 1) if queue else ()
        places = {str(number): code for number, code in codes}
        before = self._given_of(agent)
        self.give(agent, places.get(place, place), before.note if before else "", by)

    def learn(self, history: Iterable[Event]) -> None:
        """What was given before this server started, of talks that go on."""
        for event in history:
            if isinstance(event, events.DispositionGiven):
                talk = self._conversations.of_agent(event.agent)
                if talk is not None and is_of(event, talk):
                    self._given[event.agent] = (talk, event)

    def item(self, agent: str) -> Item | None:
        """For the agent's own desk; None: there is nothing to choose from."""
        talk = self._conversations.latest_of(agent)
        queue = self._queue(talk) if talk is not None else None
        if talk is None or queue is None or not queue.dispositions:
            return None
        given = self._given_of(agent)
        return {
            "call": talk.call,
            "queue": queue.title,
            "required": queue.disposition_required,
            "choices": [
                {"code": code, "title": found.title, "group": found.group}
                for code in queue.dispositions
                if (found := queue.disposition(code))
            ],
            "code": given.code if given else "",
            "note": given.note if given else "",
        }

    def _given_of(self, agent: str) -> events.DispositionGiven | None:
        """Of the latest talk."""
        of, given = self._given.get(agent, (None, None))
        return given if of is not None and of is self._conversations.latest_of(agent) else None

    def _queue(self, talk: Conversation) -> Queue | None:
        return self._site().queues.get(talk.queue)


def is_of(event: Event, talk: Conversation) -> bool:
    """Whether it was said of this talk, which goes on."""
    return (
        isinstance(event, events.DispositionGiven)
        and (event.call, event.agent) == (talk.call, talk.agent)
        and event.at >= talk.started_at
    )


def sound_note(text: str) -> str:
    """What is kept of a note: no control characters but the ends of lines, no card numbers."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _RUN.sub(_hide_cards, _CONTROL.sub(" ", lines)).strip()[:NOTE_MAX]


def _hide_cards(found: re.Match[str]) -> str:
    """The run with every part of it hidden that may be a card number, but its last digits.

    A card number seldom stands alone: an order, a date or a security code is before or after it.
    """
    shown = list(found[0])
    places = [at for at, char in enumerate(shown) if char.isdecimal()]
    digits = "".join(shown[at] for at in places)
    edges = {0, len(places)} | {
        at for at in range(1, len(places)) if places[at] - places[at - 1] > 1
    }
    for begin in range(len(digits)):
        for end in range(begin + CARD_LENGTHS[0], min(begin + CARD_LENGTHS[-1], len(digits)) + 1):
            # One in ten of all numbers has a right check digit: a part of a longer number counts
            # only if it begins as cards do, or every order number would lose its digits.
            whole = begin in edges and end in edges
            part = digits[begin:end]
            if (whole or _ISSUED.fullmatch(part)) and luhn_valid(part):
                for at in places[begin : end - CARD_SHOWN]:
                    shown[at] = HIDDEN
    return "".join(shown)
