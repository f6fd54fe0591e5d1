"""Emergency closures: a calendar, or the house, is closed now, whatever its hours say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ivr.model import events
from ivr.model.errors import IvrError
from ivr.model.hours import HOUSE
from ivr.model.site import Site
from ivr.ports import Calendars, Clock, Recorder


class UnknownClosureError(IvrError):
    """There is nothing of this name to close."""


@dataclass(frozen=True)
class Closed:
    """Who closed it, and when."""

    since: float
    by: str
    """`api`, or an extension."""


class Closures:
    """Owns what is closed; the journal brings it over a restart."""

    def __init__(self, site: Callable[[], Site], recorder: Recorder, clock: Clock) -> None:
        """`site` is the one in force, for its calendars."""
        self._site = site
        self._recorder = recorder
        self._clock = clock
        self._closed: dict[str, Closed] = {}

    def learn(self, history: Iterable[events.ClosureChanged]) -> None:
        """What former servers wrote down, in order."""
        for one in history:
            self._apply(one)

    def set(self, closure: str, *, closed: bool, by: str, agent: str = "") -> bool:
        """Closes, or lifts the closure; False when it was so already, which is not recorded.

        Raises UnknownClosureError. A closure whose calendar is gone can still be lifted.
        """
        if closure not in self.now():
            known = ", ".join(self.now())
            error = UnknownClosureError(f"nothing to close is named {closure!r}; give {known}")
            self.refused(closure, closed=closed, why=str(error), by=by, agent=agent)
            raise error
        if (closure in self._closed) == closed:
            return False
        change = events.ClosureChanged(
            at=self._clock.now(), closure=closure, closed=closed, by=by, agent=agent
        )
        self._apply(change)
        self._recorder.record(change)
        return True

    def refused(self, closure: str, *, closed: bool, why: str, by: str, agent: str = "") -> None:
        """Put on record that somebody wanted it, and why nothing came of it."""
        order = f"{'close' if closed else 'open'} {closure}"
        self._recorder.record(
            events.OrderGiven(
                at=self._clock.now(), by=by, order=order, target=closure, refusal=why, agent=agent
            )
        )

    def now(self) -> Mapping[str, Closed | None]:
        """Everything that can be closed, the house first; None: no closure is in force."""
        names = dict.fromkeys((HOUSE, *self._site().calendars, *self._closed))
        return {name: self._closed.get(name) for name in names}

    def closes(self, calendar: str) -> bool:
        """Whether this calendar is closed by its own closure, or by that of the house."""
        return HOUSE in self._closed or calendar in self._closed

    def over(self, calendars: Calendars) -> Calendars:
        """These calendars, closed from the moment a closure is set until it is lifted."""
        return _Closable(calendars, self)

    def _apply(self, change: events.ClosureChanged) -> None:
        if change.closed:
            self._closed[change.closure] = Closed(change.at, change.by)
        else:
            self._closed.pop(change.closure, None)


@dataclass(frozen=True)
class _Closable:
    """Implements the Calendars port."""

    calendars: Calendars
    closures: Closures

    def state(self, calendar: str, at: float) -> str:
        if self.closures.closes(calendar):
            return "emergency"
        return self.calendars.state(calendar, at)
