"""What our journal tells of calls and talks, in the form in which it is held against Asterisk's."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.model import events
from ivr.model.events import Event


@dataclass(slots=True)
class Call:
    """One call; None: not on record."""

    call: str
    channel: str
    began: float
    ended: float | None = None
    called_back: bool = False
    """The caller wishes to be called back: the call goes on without the channel it began with."""


@dataclass(slots=True)
class Talk:
    """One leg's conversation with a call's caller, over all."""

    call: str
    agent: str
    leg: str
    began: float
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which nobody, or nobody who saw all, wrote the journal."""

    begin: float
    end: float
    why: str


@dataclass
class Record:
    """Grows event by event, in the order of the journal; all have to be given: each is a sign of
    life."""

    calls: dict[str, Call] = field(default_factory=dict)
    """By id."""
    talks: dict[str, Talk] = field(default_factory=dict)
    """By leg."""
    outward: dict[str, list[float]] = field(default_factory=dict)
    """Call -> when it was connected to somebody who is no agent: such talks are no
    conversations."""
    refused: set[str] = field(default_factory=set)
    """Channels of callers who were turned away: they are no calls."""
    away: list[Away] = field(default_factory=list)
    _open: dict[tuple[str, str], Talk] = field(default_factory=dict)
    _sign_at: float | None = None
    _stopped: bool = False
    _gone: tuple[float, str] | None = None

    def add(self, event: Event) -> None:
        match event:
            case events.CallStarted():
                self.calls[event.call] = Call(event.call, event.channel, event.at)
            case events.CallRefused():
                self.refused.add(event.channel)
            case events.CallEnded() if event.call in self.calls:
                self.calls[event.call].ended = event.at
            case events.CallbackRequested() if event.call in self.calls:
                self.calls[event.call].called_back = True
            case events.ConversationStarted():
                self._talk(event)
            case events.ConversationEnded():
                if (talk := self._open.pop((event.call, event.agent), None)) is not None:
                    talk.ended = event.at
            case events.Dialled():
                self.outward.setdefault(event.call, []).append(event.at)
            case events.Transferred() if event.target == "number" or event.kind == "conference":
                self.outward.setdefault(event.call, []).append(event.at)
            case _:
                self._life(event)
        self._sign_at = event.at

    def _talk(self, event: events.ConversationStarted) -> None:
        """A leg that talks again goes on: Asterisk's side is taken over all, too."""
        talk = self.talks.get(event.channel)
        if talk is None:
            talk = Talk(event.call, event.agent, event.channel, event.at)
            self.talks[event.channel] = talk
        talk.ended = None
        self._open[event.call, event.agent] = talk

    def _life(self, event: Event) -> None:
        match event:
            case events.ServerStopped():
                self._gone = (event.at, "the server was stopped")
            case events.AmiLost():
                self._gone = self._gone or (event.at, "the link to Asterisk was lost")
            case events.ServerStarted():
                begin = event.at if self._sign_at is None else self._sign_at
                self._gone = self._gone or (begin, "the server was away")
            case events.AmiConnected() if self._gone is not None:
                begin, why = self._gone
                self.away.append(Away(begin, event.at, why))
                self._gone = None

    def close(self, now: float) -> None:
        """Nothing more comes: who is away still is."""
        if self._gone is not None:
            self.away.append(Away(self._gone[0], now, self._gone[1]))
            self._gone = None


def record_of(history: Iterable[Event], now: float) -> Record:
    record = Record()
    for event in history:
        record.add(event)
    record.close(now)
    return record
