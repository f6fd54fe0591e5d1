"""Legal holds: calls of which nothing may be deleted."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from ivr.model import events
from ivr.model.errors import IvrError
from ivr.ports import Clock, Recorder


class UnknownHoldError(IvrError):
    """There is no such call, or no hold on it."""


class Holds:
    """Owns what is held; the journal brings it over a restart. `knows` tells whether the journal
    has a call."""

    def __init__(
        self, knows: Callable[[str], Awaitable[bool]], recorder: Recorder, clock: Clock
    ) -> None:
        self._knows = knows
        self._recorder = recorder
        self._clock = clock
        self._held: dict[str, events.HoldChanged] = {}

    def learn(self, history: Iterable[events.HoldChanged]) -> None:
        """What former servers wrote down, in order."""
        for one in history:
            self._apply(one)

    @property
    def now(self) -> Mapping[str, events.HoldChanged]:
        """By call, in the order they were set."""
        return self._held

    async def hold(self, call: str, reason: str, by: str) -> None:
        """From now on; another reason takes the place of the one before. UnknownHoldError;
        JournalAwayError when nobody can tell whether there is such a call."""
        if not await self._knows(call):
            raise UnknownHoldError(f"there is no call {call!r}; `ivr calls` lists the latest")
        self._change(call, reason, by, held=True)

    def lift(self, call: str, by: str) -> None:
        """UnknownHoldError."""
        if call not in self._held:
            raise UnknownHoldError(f"there is no hold on a call {call!r}")
        self._change(call, "", by, held=False)

    def _change(self, call: str, reason: str, by: str, *, held: bool) -> None:
        change = events.HoldChanged(
            at=self._clock.now(), call=call, held=held, reason=reason, by=by
        )
        self._apply(change)
        self._recorder.record(change)

    def _apply(self, change: events.HoldChanged) -> None:
        self._held.pop(change.call, None)
        if change.held:
            self._held[change.call] = change
