"""What agents said became of their conversations, told from events.

A conversation counts in the period in which it ended, with what was said of it last by the end of
the last period.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from ivr.kpi.periods import Periods
from ivr.model.events import ConversationEnded, DispositionGiven, Event

NONE = ""
"""Nothing was said."""


class DispositionKey(NamedTuple):
    period: int
    queue: str
    code: str


@dataclass
class DispositionFigures:
    """Conversations with the same end."""

    conversations: int = 0
    talk_s: float = 0.0
    """Holds included."""


class DispositionHistory:
    """Takes events in the order of the journal."""

    def __init__(self, periods: Periods) -> None:
        self._periods = periods
        self._ended: list[tuple[int, ConversationEnded]] = []
        self._codes: dict[tuple[str, str, str], str] = {}
        """By call, agent and queue: an agent may have the same caller from two queues."""
        self.titles: dict[tuple[str, str], tuple[str, str]] = {}
        """By queue and code: title and group, as last given."""

    def add(self, event: Event) -> None:
        match event:
            case ConversationEnded():
                number = self._periods.index(event.at)
                if number is not None:
                    self._ended.append((number, event))
            case DispositionGiven():
                self._codes[event.call, event.agent, event.queue] = event.code
                self.titles[event.queue, event.code] = (event.title, event.group)

    def figures(self) -> dict[DispositionKey, DispositionFigures]:
        """By what was said, also of conversations of which nothing was."""
        found: defaultdict[DispositionKey, DispositionFigures] = defaultdict(DispositionFigures)
        for number, talk in self._ended:
            code = self._codes.get((talk.call, talk.agent, talk.queue), NONE)
            one = found[DispositionKey(number, talk.queue, code)]
            one.conversations += 1
            one.talk_s += talk.talk_s + talk.hold_s
        return dict(found)
