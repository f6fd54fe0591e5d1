"""Queues and calendars that answer as told."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ivr.model.agents import QueueOutcome
from ivr.model.hours import HOUSE
from ivr.ports import Away, Calendars, Call, LastTalk, QueueRequest, QueueResult
from ivr.testing.call import TALK_S, FakeCall

WAIT_S = 30.0


@dataclass
class FakeQueues:
    """Implements the Queues port: every call is answered unless `outcomes` says otherwise.

    The caller hears the prompt, and every announcement that falls into the wait once. A caller
    whose script goes on with a key of the line presses it in line: an exit key ends the wait, a key
    for self-service interrupts it. One who hangs up abandons. One who waits stays to the
    end, so that the key after it is pressed in what follows.
    """

    outcomes: Mapping[str, QueueOutcome] = field(default_factory=dict)
    """Queue -> how a visit there ends."""
    requests: list[QueueRequest] = field(default_factory=list)
    """One for each stay, however often the caller went away meanwhile."""
    numbers: list[str] = field(default_factory=list)
    """Whom callers asked to call back, in order."""
    _talked_in: str = ""
    """The queue whose agent talked to the caller last."""
    _away: str = ""
    """The queue in whose line a caller who is away still stands."""

    async def serve(self, call: Call, request: QueueRequest) -> QueueResult | Away:
        assert isinstance(call, FakeCall)
        call.require_caller()
        back, self._away = self._away == request.queue, ""
        if not back:
            self.requests.append(request)
            await self._greet(call, request)
        stays = call.script.lets_time_pass()
        if not stays:
            call.leave_if_scripted()
        call.clock.advance(WAIT_S)
        key = "" if stays else call.script.peek()
        if key in tuple(request.exit_keys):
            call.script.take()
            return QueueResult(QueueOutcome.EXIT_KEY, key)
        if key in tuple(request.away_keys):
            call.script.take()
            self._away = request.queue
            return Away(key)
        outcome = self.outcomes.get(request.queue, QueueOutcome.ANSWERED)
        if outcome == QueueOutcome.ANSWERED:
            call.clock.advance(TALK_S)
            self._talked_in = request.queue
        return QueueResult(outcome)

    async def called_back(self) -> None:
        await asyncio.get_running_loop().create_future()

    async def call_back(self, number: str) -> bool:
        if not self._away:
            return False
        self.numbers.append(number)
        self._away = ""
        return True

    def last_talk(self) -> LastTalk:
        """Nobody in particular has talked."""
        return LastTalk(self._talked_in)

    async def _greet(self, call: FakeCall, request: QueueRequest) -> None:
        """What is told in line; no key of the caller's ends it here."""
        told = [one.audio for one in request.announcements if one.after_s <= WAIT_S and one.audio]
        for audio in filter(None, (request.prompt, *told)):
            await call.play(audio)


@dataclass(frozen=True)
class FixedCalendars:
    """Implements the Calendars port: as told here, otherwise as `actual` says."""

    actual: Calendars
    states: Mapping[str, str] = field(default_factory=dict)
    closures: Collection[str] = ()
    """Calendars closed in an emergency, or the house; that comes before the rest."""

    def state(self, calendar: str, at: float) -> str:
        if HOUSE in self.closures or calendar in self.closures:
            return "emergency"
        return self.states.get(calendar) or self.actual.state(calendar, at)
