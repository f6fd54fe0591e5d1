"""Where agents' time went and what they did, told from events.

Time counts in the period in which it was spent, everything else in the one in which it ended. Time
in which the server was down counts for nobody: what agents did then is not known.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.kpi.periods import Periods
from ivr.kpi.times import Seconds
from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome
from ivr.model.events import Event

MISSED = (OfferOutcome.NO_ANSWER, OfferOutcome.REJECTED, OfferOutcome.BUSY, OfferOutcome.FAILED)
"""Offers that ended without an answer; one withdrawn because the caller left was not missed."""


@dataclass
class AgentFigures:
    """One agent, or several together, in one period."""

    seconds: defaultdict[AgentState, float] = field(default_factory=lambda: defaultdict(float))
    pauses: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Seconds paused, by reason."""
    offers: Counter[OfferOutcome] = field(default_factory=Counter)
    conversations: int = 0
    talk_s: float = 0.0
    hold_s: float = 0.0
    transferred: int = 0

    @property
    def spent(self) -> Seconds:
        """Time on call is talk here, hold included: a state does not tell the two apart."""
        s = self.seconds
        return Seconds(
            available=s[AgentState.AVAILABLE],
            ringing=s[AgentState.RESERVED] + s[AgentState.RINGING],
            talk=s[AgentState.ON_CALL],
            wrap_up=s[AgentState.WRAP_UP],
            paused=s[AgentState.PAUSED],
        )

    @property
    def handling(self) -> Seconds:
        """Of the conversations that ended, and the wrap-up in the period."""
        wrap_up_s = self.seconds[AgentState.WRAP_UP]
        return Seconds(talk=self.talk_s, hold=self.hold_s, wrap_up=wrap_up_s)

    @property
    def missed(self) -> int:
        return sum(self.offers[outcome] for outcome in MISSED)


@dataclass(frozen=True)
class _State:
    state: AgentState
    since: float
    reason: str


class AgentHistory:
    """Takes events in the order of the journal, then `close`."""

    def __init__(self, periods: Periods) -> None:
        self._periods = periods
        self.figures: defaultdict[tuple[int, str], AgentFigures] = defaultdict(AgentFigures)
        """By number of the period and agent."""
        self._states: dict[str, _State] = {}
        self._latest = periods.begin

    def begin_with(self, changes: Iterable[events.AgentChanged]) -> None:
        """The last change of each agent before the first period."""
        for change in changes:
            self._states[change.agent] = _State(change.after, change.at, change.reason)

    def add(self, event: Event) -> None:
        match event:
            case events.AgentChanged():
                self._changed(event)
            case events.ServerStarted():
                self._lose_sight(self._latest)
            case events.ServerStopped():
                self._lose_sight(event.at)
            case events.OfferEnded():
                if figures := self._of(event.at, event.agent):
                    figures.offers[event.outcome] += 1
            case events.ConversationEnded():
                if figures := self._of(event.at, event.agent):
                    figures.conversations += 1
                    figures.talk_s += event.talk_s
                    figures.hold_s += event.hold_s
            case events.Transferred():
                if figures := self._of(event.at, event.agent):
                    figures.transferred += 1
        self._latest = max(self._latest, event.at)

    def close(self, now: float) -> None:
        """Whatever state agents are in lasts until now, or to the end of the last period."""
        self._lose_sight(now)

    def _of(self, at: float, agent: str) -> AgentFigures | None:
        number = self._periods.index(at)
        return None if number is None or not agent else self.figures[number, agent]

    def _changed(self, event: events.AgentChanged) -> None:
        known = self._states.get(event.agent)
        if known is None:
            # Not seen before: then the event alone tells since when, and not why.
            known = _State(event.before, event.at - event.seconds, "")
        self._book(event.agent, known, event.at)
        self._states[event.agent] = _State(event.after, event.at, event.reason)

    def _lose_sight(self, at: float) -> None:
        for agent, state in self._states.items():
            self._book(agent, state, at)
        self._states.clear()

    def _book(self, agent: str, known: _State, until: float) -> None:
        if known.state is AgentState.LOGGED_OUT:
            return
        for number, seconds in self._periods.shares(known.since, until):
            figures = self.figures[number, agent]
            figures.seconds[known.state] += seconds
            if known.state is AgentState.PAUSED:
                figures.pauses[known.reason] += seconds


def together(parts: Iterable[AgentFigures]) -> AgentFigures:
    """Several agents or periods as one."""
    whole = AgentFigures()
    for one in parts:
        for state, seconds in one.seconds.items():
            whole.seconds[state] += seconds
        for reason, seconds in one.pauses.items():
            whole.pauses[reason] += seconds
        whole.offers.update(one.offers)
        whole.conversations += one.conversations
        whole.talk_s += one.talk_s
        whole.hold_s += one.hold_s
        whole.transferred += one.transferred
    return whole
