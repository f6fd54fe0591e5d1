"""What became of callers in queues, told from events.

A call counts in the period in which it joined the queue, with all that came of it, also later: so
each is counted once, and periods add up.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ivr.kpi.periods import Periods
from ivr.kpi.service_level import SHORT_ABANDON_S, Counts
from ivr.kpi.times import Seconds
from ivr.model import events
from ivr.model.agents import AgentState, QueueOutcome
from ivr.model.events import Event

AT_WORK = (AgentState.ON_CALL, AgentState.WRAP_UP)


@dataclass
class QueueFigures:
    """Calls that joined one queue in one period."""

    entered: int = 0
    outcomes: Counter[QueueOutcome] = field(default_factory=Counter)
    answered_in_time: int = 0
    abandoned_in_time: int = 0
    abandoned_short: int = 0
    answered_wait_s: float = 0.0
    wait_s_max: float = 0.0
    """Of whatever outcome."""
    called_back: int = 0
    """Customers who were reached by their call-back and given to an agent."""
    served: int = 0
    """Answered or called back, and the conversation is not over."""
    conversations: int = 0
    talk_s: float = 0.0
    hold_s: float = 0.0
    wrap_up_s: float = 0.0
    transferred: int = 0
    """Conversations after which the agent handed the caller on."""

    @property
    def counts(self) -> Counts:
        return Counts(
            self.outcomes[QueueOutcome.ANSWERED],
            self.answered_in_time,
            self.outcomes[QueueOutcome.ABANDONED],
            self.abandoned_in_time,
            self.abandoned_short,
        )

    @property
    def handled(self) -> int:
        """Calls of which it is known how long they took, their wrap-up perhaps not yet."""
        return self.outcomes[QueueOutcome.ANSWERED] + self.called_back - self.served

    @property
    def spent(self) -> Seconds:
        return Seconds(talk=self.talk_s, hold=self.hold_s, wrap_up=self.wrap_up_s)

    @property
    def waiting(self) -> int:
        """Whose wait had not ended when the record did."""
        return self.entered - self.outcomes.total()


@dataclass
class _Visit:
    """A call in the queue it joined last; waiting there, talking, or gone on."""

    figures: QueueFigures
    queue: str
    waiting: bool = True
    served: bool = False

    def serve(self, *, begins: bool) -> None:
        """An agent has the caller, or has had: told once each."""
        self.figures.served += begins - self.served
        self.served = begins


@dataclass
class _Talk:
    """The last conversation of an agent."""

    call: str
    figures: QueueFigures


class QueueHistory:
    """Takes events in the order of the journal. Holds only calls and conversations under way."""

    def __init__(self, periods: Periods, thresholds_s: Mapping[str, float]) -> None:
        """`thresholds_s`: T by queue; in a queue without one nobody is answered in time."""
        self._periods = periods
        self._thresholds_s = thresholds_s
        self.figures: defaultdict[tuple[int, str], QueueFigures] = defaultdict(QueueFigures)
        """By number of the period and queue."""
        self._visits: dict[str, _Visit] = {}
        self._talks: dict[str, _Talk] = {}
        self._states: dict[str, AgentState] = {}

    @property
    def unfinished(self) -> bool:
        """Whether more may come of a call that counts: to be asked after the last period."""
        return bool(self._visits) or any(
            self._states.get(agent) in AT_WORK for agent in self._talks
        )

    def add(self, event: Event) -> None:
        match event:
            case events.QueueEntered(resumed=False):
                self._entered(event)
            case events.QueueLeft():
                self._left(event)
            case events.AgentChanged():
                self._moved(event)
            case events.ConversationStarted():
                self._talks.pop(event.agent, None)
                if visit := self._visits.get(event.call):
                    self._talks[event.agent] = _Talk(event.call, visit.figures)
            case events.ConversationEnded():
                if visit := self._visits.get(event.call):
                    visit.serve(begins=False)
                    visit.figures.conversations += 1
                    visit.figures.talk_s += event.talk_s
                    visit.figures.hold_s += event.hold_s
            case events.Transferred():
                if visit := self._visits.get(event.call):
                    visit.figures.transferred += 1
            case events.CallbackEnded(result="completed"):
                if visit := self._visits.get(event.call):
                    visit.figures.called_back += 1
                    visit.serve(begins=True)
            case events.CallEnded():
                self._gone(event.call)

    def _entered(self, event: events.QueueEntered) -> None:
        number = self._periods.index(event.at)
        self._gone(event.call)
        if number is not None:
            figures = self.figures[number, event.queue]
            figures.entered += 1
            self._visits[event.call] = _Visit(figures, event.queue)

    def _gone(self, call: str) -> None:
        if visit := self._visits.pop(call, None):
            visit.serve(begins=False)

    def _left(self, event: events.QueueLeft) -> None:
        visit = self._visits.get(event.call)
        if visit is None or not visit.waiting or visit.queue != event.queue:
            return
        visit.waiting = False
        figures, wait_s = visit.figures, event.wait_s
        figures.outcomes[event.outcome] += 1
        figures.wait_s_max = max(figures.wait_s_max, wait_s)
        in_time = wait_s <= self._thresholds_s.get(event.queue, -1.0)
        if event.outcome is QueueOutcome.ANSWERED:
            figures.answered_wait_s += wait_s
            figures.answered_in_time += in_time
            visit.serve(begins=True)
        elif event.outcome is QueueOutcome.ABANDONED:
            figures.abandoned_in_time += in_time
            figures.abandoned_short += wait_s <= SHORT_ABANDON_S

    def _moved(self, event: events.AgentChanged) -> None:
        self._states[event.agent] = event.after
        talk = self._talks.get(event.agent)
        # An agent found talking after a restart is logged in first, then on call again.
        if talk is None or event.after in AT_WORK or event.before is AgentState.LOGGED_OUT:
            return
        # Who was consulted has the caller's call and the line's name in one.
        if event.before is AgentState.WRAP_UP and event.call.partition("+")[0] == talk.call:
            talk.figures.wrap_up_s += event.seconds
        del self._talks[event.agent]


def together(parts: Iterable[QueueFigures]) -> QueueFigures:
    """Several queues or periods as one; each call is held against its own queue's threshold."""
    whole = QueueFigures()
    for one in parts:
        whole.entered += one.entered
        whole.outcomes.update(one.outcomes)
        whole.answered_in_time += one.answered_in_time
        whole.abandoned_in_time += one.abandoned_in_time
        whole.abandoned_short += one.abandoned_short
        whole.answered_wait_s += one.answered_wait_s
        whole.wait_s_max = max(whole.wait_s_max, one.wait_s_max)
        whole.called_back += one.called_back
        whole.served += one.served
        whole.conversations += one.conversations
        whole.talk_s += one.talk_s
        whole.hold_s += one.hold_s
        whole.wrap_up_s += one.wrap_up_s
        whole.transferred += one.transferred
    return whole
