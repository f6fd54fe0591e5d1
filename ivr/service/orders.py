"""Orders about agents and waiting calls, from phones or programs: given to the core, and on record
whatever comes of them."""

from collections.abc import Callable, Iterable, Iterator

from ivr.acd.errors import RoutingError, UnknownAgentError, UnknownCallError
from ivr.acd.messages import ExtendWrapUp, Input, LogIn, LogOut, Pause, Ready, Reprioritise
from ivr.model import events
from ivr.model.ids import AgentId
from ivr.ports import Clock, Recorder

Order = LogIn | LogOut | Ready | Pause | ExtendWrapUp | Reprioritise

LOG_IN, LOG_OUT, READY = "log-in", "log-out", "ready"
PAUSE, EXTEND, PRIORITY = "pause", "extend-wrap-up", "priority"

API = "api"
"""Who gives what comes over HTTP, also from the command line."""


class Orders:
    """Gives orders; `feed` tells the core."""

    def __init__(self, feed: Callable[[Input], None], recorder: Recorder, clock: Clock) -> None:
        self._feed = feed
        self._recorder = recorder
        self._clock = clock

    def give(self, order: Order, by: str) -> None:
        """RoutingError: the core refuses it."""
        target = order.call if isinstance(order, Reprioritise) else order.agent
        kind = "call" if isinstance(order, Reprioritise) else "agent"
        try:
            self._feed(order)
        except (UnknownAgentError, UnknownCallError) as error:
            self.refused(words(order), target, str(error), by)
            raise
        except RoutingError as error:
            self.refused(words(order), target, str(error), by, kind)
            raise
        self._record(words(order), target, "", by, kind)

    def refused(self, order: str, target: str, why: str, by: str, kind: str = "") -> None:
        """Nothing came of it. `kind`: the target is an `agent`, a `call`, or (empty) unknown."""
        self._record(order, target, why, by, kind)

    def _record(self, order: str, target: str, refusal: str, by: str, kind: str) -> None:
        about = {kind: target} if kind else {}
        self._recorder.record(
            events.OrderGiven(
                at=self._clock.now(),
                by=by,
                order=order,
                target=target,
                refusal=refusal,
                **about,
            )
        )


def words(order: Order) -> str:
    """As on the command line."""
    match order:
        case LogIn():
            return LOG_IN
        case LogOut():
            return LOG_OUT
        case Ready():
            return READY
        case Pause(reason=reason):
            return f"{PAUSE} {reason}"
        case ExtendWrapUp(seconds=seconds):
            return f"{EXTEND} {seconds:g}"
        case Reprioritise(priority=points):
            return f"{PRIORITY} {points}"


# --- read again, after a restart


def ordered_priority(history: Iterable[events.Event]) -> int | None:
    """What this call's priority was ordered to be at last; None: nobody has ordered any."""
    given = [rest for word, rest in _carried_out(history) if word == PRIORITY]
    return int(given[-1]) if given else None


def asked_for(agent: str, orders: Iterable[events.Event]) -> Pause | LogOut | None:
    """What the agent wants to do after the talk, by the orders given during it."""
    wish: Pause | LogOut | None = None
    for word, rest in _carried_out(orders):
        if word == PAUSE:
            wish = Pause(AgentId(agent), rest)
        elif word == LOG_OUT:
            wish = LogOut(AgentId(agent))
        elif word in (READY, LOG_IN):
            wish = None
    return wish


def extended_s(orders: Iterable[events.Event]) -> float:
    """By how much these orders make a wrap-up longer."""
    return sum(float(rest) for word, rest in _carried_out(orders) if word == EXTEND)


def _carried_out(history: Iterable[events.Event]) -> Iterator[tuple[str, str]]:
    """What was ordered and not refused: its first word, and the rest."""
    for event in history:
        if isinstance(event, events.OrderGiven) and not event.refusal:
            word, _, rest = event.order.partition(" ")
            yield word, rest
