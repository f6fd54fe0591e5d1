"""Orders about agents and waiting calls, from phones or programs: given to the core, and on record
whatever comes of them."""

from collections.abc import Callable, Sequence

from ivr.acd.errors import RoutingError, UnknownAgentError, UnknownCallError
from ivr.acd.messages import ExtendWrapUp, Input, LogIn, LogOut, Pause, Ready, Reprioritise
from ivr.model import events
from ivr.ports import Clock, Recorder

Order = LogIn | LogOut | Ready | Pause | ExtendWrapUp | Reprioritise

PRIORITY = "priority"

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
            return "log-in"
        case LogOut():
            return "log-out"
        case Ready():
            return "ready"
        case Pause(reason=reason):
            return f"pause {reason}"
        case ExtendWrapUp(seconds=seconds):
            return f"extend-wrap-up {seconds:g}"
        case Reprioritise(priority=points):
            return f"{PRIORITY} {points}"


def ordered_priority(history: Sequence[events.Event]) -> int | None:
    """What this call's priority was ordered to be at last; None: nobody has ordered any."""
    found: int | None = None
    for event in history:
        if isinstance(event, events.OrderGiven) and event.call and not event.refusal:
            order, _, points = event.order.partition(" ")
            found = int(points) if order == PRIORITY else found
    return found
