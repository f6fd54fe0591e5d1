"""Events as lines of Asterisk's `queue_log`, for programs that read it. Pure.

`epoch|call|queue|agent|EVENT|data...`, the fields of each event as Asterisk 22's `app_queue` writes
them. Calls and agents have our own names there. What `app_queue` does not know is told by what
comes closest: a call-back asked for is EXITWITHKEY with `callback` for a key, an overflow is
EXITWITHTIMEOUT, a call withdrawn or failed is EXITEMPTY.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.events import Event

NONE = "NONE"
CALLS_MAX = 100_000
"""Calls remembered at once; one whose end was never seen makes room in the end."""
NOT_ANSWERED = (
    OfferOutcome.NO_ANSWER,
    OfferOutcome.REJECTED,
    OfferOutcome.BUSY,
    OfferOutcome.FAILED,
)
EXITS: Mapping[QueueOutcome, tuple[str, Sequence[str]]] = {
    QueueOutcome.ABANDONED: ("ABANDON", ()),
    QueueOutcome.TIMEOUT: ("EXITWITHTIMEOUT", ()),
    QueueOutcome.OVERFLOW: ("EXITWITHTIMEOUT", ()),
    QueueOutcome.EXIT_KEY: ("EXITWITHKEY", ("",)),
    QueueOutcome.CALLBACK: ("EXITWITHKEY", ("callback",)),
    QueueOutcome.EMPTY: ("EXITEMPTY", ()),
    QueueOutcome.WITHDRAWN: ("EXITEMPTY", ()),
    QueueOutcome.FAILED: ("EXITEMPTY", ()),
}
"""Event, and what it says before the places and the wait. The key pressed is not on record."""

Field = str | int | float


@dataclass
class _Call:
    caller: str = ""
    queue: str = ""
    place: int = 0
    """On entering the queue."""
    agent: str = ""
    """Who was connected by the queue, as long as no line tells the end of it."""
    wait_s: float = 0.0
    ended: events.ConversationEnded | None = None
    """Of who hands the caller on: how is told by the next event."""
    ringing: tuple[str, str, float] = ("", "", 0.0)
    """Agent, channel and beginning of the last offer."""


class QueueLog:
    """Takes events in order; what it holds is bounded by the calls under way."""

    def __init__(self, queues_of: Callable[[str], Sequence[str]]) -> None:
        """`queues_of`: the queues an agent serves; asked when they log in."""
        self._queues_of = queues_of
        self._calls: dict[str, _Call] = {}
        self._lines: dict[str, dict[str, float]] = {}
        """Queue -> call -> time of entry, of those who wait."""
        self._members: dict[str, Sequence[str]] = {}
        self._tell: dict[type[Event], Callable[..., Iterator[str]]] = {
            events.CallStarted: self._started,
            events.QueueEntered: self._entered,
            events.QueueLeft: self._left,
            events.OfferMade: self._offered,
            events.OfferEnded: self._offer_ended,
            events.ConversationEnded: self._talked,
            events.Transferred: self._transferred,
            events.Parked: self._parked,
            events.CallEnded: self._ended,
            events.AgentChanged: self._moved,
            events.ServerStarted: self._began,
            events.SiteReloaded: self._reloaded,
        }

    def lines(self, event: Event) -> list[str]:
        """Those the event adds, without line ends."""
        tell = self._tell.get(type(event))
        return [] if tell is None else list(tell(event))

    # --- callers

    def _started(self, event: events.CallStarted) -> Iterator[str]:
        self._call(event.call).caller = event.caller
        yield from ()

    def _entered(self, event: events.QueueEntered) -> Iterator[str]:
        call = self._call(event.call)
        yield from self._close(call, event)
        line = self._lines.setdefault(event.queue, {})
        line[event.call] = event.entered_at
        call.queue, call.place = event.queue, self._place(event.queue, event.call)
        if not event.resumed:
            yield _line(event, "ENTERQUEUE", "", call.caller, call.place, queue=event.queue)

    def _left(self, event: events.QueueLeft) -> Iterator[str]:
        call = self._call(event.call)
        place = self._place(event.queue, event.call)
        self._lines.get(event.queue, {}).pop(event.call, None)
        call.wait_s = event.wait_s
        if event.outcome is not QueueOutcome.ANSWERED:
            name, first = EXITS[event.outcome]
            said: tuple[Field, ...] = (*first, place, call.place or place, round(event.wait_s))
            yield _line(event, name, *said, queue=event.queue)
            return
        rung, channel, since = call.ringing
        ring_s = round(event.at - since) if rung == event.agent else 0
        call.agent, call.queue = event.agent, event.queue
        said = (round(event.wait_s), channel if rung == event.agent else "", ring_s)
        yield _line(event, "CONNECT", *said, queue=event.queue, agent=event.agent)

    def _ended(self, event: events.CallEnded) -> Iterator[str]:
        call = self._calls.pop(event.call, _Call())
        if call.agent and call.ended is None:  # connected, and gone before a word was said
            yield _line(
                event, "COMPLETECALLER", *_times(call, 0), queue=call.queue, agent=call.agent
            )
            return
        yield from self._close(call, event)

    # --- offers and conversations

    def _offered(self, event: events.OfferMade) -> Iterator[str]:
        self._call(event.call).ringing = (event.agent, event.channel, event.at)
        yield from ()

    def _offer_ended(self, event: events.OfferEnded) -> Iterator[str]:
        ring_ms = round(event.ring_s * 1000)
        if event.outcome in NOT_ANSWERED:
            yield _line(event, "RINGNOANSWER", ring_ms, queue=event.queue, agent=event.agent)
        elif event.outcome is OfferOutcome.CANCELLED:
            yield _line(event, "RINGCANCELED", ring_ms, queue=event.queue, agent=event.agent)

    def _talked(self, event: events.ConversationEnded) -> Iterator[str]:
        call = self._call(event.call)
        if call.agent != event.agent:
            return  # consulted, or given the caller by somebody: out of the queue's sight
        if event.ended_by == "transfer":
            call.ended = event
            return
        name = "COMPLETECALLER" if event.ended_by == "caller" else "COMPLETEAGENT"
        yield self._completed(call, event, name)

    def _transferred(self, event: events.Transferred) -> Iterator[str]:
        call = self._call(event.call)
        ended, call.ended = call.ended, None
        if ended is None:
            return
        if event.kind == "blind":
            name, first = "BLINDTRANSFER", (event.to, event.target)
        else:
            name, first = "ATTENDEDTRANSFER", ("BRIDGE", event.to)
        said = _times(call, ended.talk_s + ended.hold_s)
        yield _line(event, name, *first, *said, queue=call.queue, agent=event.agent)
        call.agent = ""

    def _parked(self, event: events.Parked) -> Iterator[str]:
        yield from self._close(self._call(event.call), event)

    def _close(self, call: _Call, event: Event) -> Iterator[str]:
        """Tells of a conversation whose caller was to be handed on, and was not."""
        if call.ended is not None:
            yield self._completed(call, call.ended, "COMPLETEAGENT", at=event.at)

    def _completed(
        self, call: _Call, talk: events.ConversationEnded, name: str, at: float | None = None
    ) -> str:
        said = _times(call, talk.talk_s + talk.hold_s)
        line = _line(talk, name, *said, queue=call.queue, agent=talk.agent, at=at)
        call.agent, call.ended = "", None
        return line

    # --- agents and the server

    def _moved(self, event: events.AgentChanged) -> Iterator[str]:
        out, paused = AgentState.LOGGED_OUT, AgentState.PAUSED
        if event.before is out and event.after is not out:
            self._members[event.agent] = self._queues_of(event.agent)
            yield from self._membership(event, "ADDMEMBER", "")
        if event.after is paused:
            yield from self._membership(event, "PAUSE", event.reason)
        elif event.before is paused and event.after is not out:
            yield from self._membership(event, "UNPAUSE", "")
        if event.after is out and event.before is not out:
            yield from self._membership(event, "REMOVEMEMBER", "")
            self._members.pop(event.agent, None)

    def _membership(self, event: events.AgentChanged, name: str, said: str) -> Iterator[str]:
        """A line for each queue the agent came to by logging in."""
        if event.agent not in self._members:
            self._members[event.agent] = self._queues_of(event.agent)
        for queue in self._members[event.agent]:
            yield _line(event, name, said, queue=queue, agent=event.agent, call=NONE)

    def _began(self, event: events.ServerStarted) -> Iterator[str]:
        yield _line(event, "QUEUESTART", "", call=NONE)

    def _reloaded(self, event: events.SiteReloaded) -> Iterator[str]:
        yield _line(event, "CONFIGRELOAD", "", call=NONE)

    # --- what is known

    def _call(self, ident: str) -> _Call:
        call = self._calls.setdefault(ident, _Call())
        if len(self._calls) > CALLS_MAX:
            first = next(iter(self._calls))
            del self._calls[first]
            for line in self._lines.values():
                line.pop(first, None)
        return call

    def _place(self, queue: str, call: str) -> int:
        """By time of entry; priorities are not on record."""
        line = self._lines.get(queue, {})
        own = line.get(call)
        return 1 if own is None else 1 + sum(1 for entered_at in line.values() if entered_at < own)


def _times(call: _Call, talk_s: float) -> tuple[int, int, int]:
    """Wait, talk and the place on entering, as a completed call has them."""
    return round(call.wait_s), round(talk_s), call.place


def _line(
    event: Event,
    name: str,
    *said: Field,
    queue: str = NONE,
    agent: str = NONE,
    call: str = "",
    at: float | None = None,
) -> str:
    ident = call or getattr(event, "call", "")
    epoch = int(event.at if at is None else at)
    return "|".join(_plain(part) for part in (epoch, ident, queue, agent or NONE, name, *said))


def _plain(part: Field) -> str:
    """Nothing in it ends a field or a line."""
    return "".join(c for c in str(part) if c != "|" and c.isprintable())
