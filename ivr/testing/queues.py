"""Queues and calendars that answer as told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.model.agents import QueueOutcome
from ivr.ports import Calendars, Call, QueueRequest, QueueResult
from ivr.testing.call import TALK_S, FakeCall

WAIT_S = 30.0


@dataclass
class FakeQueues:
    """Implements the Queues port: every call is answered unless `outcomes` says otherwise.

    A caller whose script goes on with an exit key leaves by it; one who hangs up abandons.
    """

    outcomes: Mapping[str, QueueOutcome] = field(default_factory=dict)
    """Queue -> how a visit there ends."""
    requests: list[QueueRequest] = field(default_factory=list)

    async def serve(self, call: Call, request: QueueRequest) -> QueueResult:
        assert isinstance(call, FakeCall)
        call.require_caller()
        self.requests.append(request)
        call.script.lets_time_pass()
        call.leave_if_scripted()
        call.clock.advance(WAIT_S)
        if call.script.peek() in tuple(request.exit_keys):
            key, _ = call.script.take()
            return QueueResult(QueueOutcome.EXIT_KEY, key)
        outcome = self.outcomes.get(request.queue, QueueOutcome.ANSWERED)
        if outcome == QueueOutcome.ANSWERED:
            call.clock.advance(TALK_S)
        return QueueResult(outcome)


@dataclass(frozen=True)
class FixedCalendars:
    """Implements the Calendars port: as told in `states`, otherwise as `actual` says."""

    actual: Calendars
    states: Mapping[str, str] = field(default_factory=dict)

    def state(self, calendar: str, at: float) -> str:
        return self.states.get(calendar) or self.actual.state(calendar, at)
