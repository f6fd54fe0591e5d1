"""Calls enter the line and leave it; each stands there in one place, on which its session waits."""

from collections.abc import Callable, Mapping, Sequence

import structlog

from ivr.acd.engine import Engine
from ivr.acd.errors import RoutingError
from ivr.acd.estimate import Estimate
from ivr.acd.messages import ConversationEnded, Enter, Leave, Left, Relaxed, Reprioritised
from ivr.model import events
from ivr.model.agents import QueueOutcome
from ivr.model.ids import AgentId, CallId, QueueId
from ivr.model.site import Site
from ivr.ports import Clock, Recorder
from ivr.service import decisions
from ivr.service.driving import Driving
from ivr.service.orders import ordered_priority
from ivr.service.places import NoMatch, Place, Proxy

log = structlog.get_logger(__name__)

BRIEFING_S = 45.0
"""So long an agent may listen to a briefing, and be asked for the accept key twice."""


class Entering(Driving):
    """Knows every place there is."""

    def __init__(
        self,
        site: Site,
        engine: Engine,
        recorder: Recorder,
        clock: Clock,
        on_decision: Callable[[float], None],
        on_error: Callable[[str], None],
    ) -> None:
        super().__init__(engine, recorder, clock, on_decision, on_error)
        self._site = site
        self._places: dict[str, Place] = {}
        """By call."""
        self._steps: dict[str, tuple[str, int]] = {}
        """By call: its queue, and the relaxation steps on record there, until it enters again."""
        self._ordered: dict[str, int] = {}
        """By call: the priority that somebody ordered, until it enters again."""
        self._hands |= {
            Left: self._left,
            Relaxed: self._relaxed,
            Reprioritised: self._reprioritised,
        }

    def enter(
        self,
        call: str,
        queue: str,
        skills: str,
        priority: int,
        *,
        entered_at: float,
        wait_s_max: float,
        caller: str,
        leave_if_empty: bool,
        resumed: bool,
        has_place: bool = False,
        joined_at: float | None = None,
        kept: str = "",
        wanted: str = "",
        wanted_until: float = 0.0,
        chosen: bool = False,
        callback: bool = False,
        not_before: float = 0.0,
        lead_s: float = 0.0,
        proxy: Proxy | None = None,
        steps: int = 0,
    ) -> Place:
        """Put the call in line; the place tells when an agent was found, or that none will be.

        `wait_s_max` counts from `joined_at`, when the call came to this very queue (None: at
        `entered_at`). A call-back's turns in line are no entries: its caller entered once, and
        left by asking for it. With `has_place` a full queue turns nobody away. `steps` of
        relaxation were taken at this very place before.
        """
        joined_at = entered_at if joined_at is None else joined_at
        relaxed_in, on_record = self._steps.pop(call, ("", 0))
        steps = on_record if relaxed_in == queue else steps
        ordered = self._ordered.pop(call, None)
        priority = priority if ordered is None else ordered
        place = Place(
            call, queue, entered_at, caller, priority, proxy, steps, ordered=ordered is not None
        )
        if not callback:
            self._recorder.record(
                events.QueueEntered(
                    at=self._clock.now(),
                    call=call,
                    queue=queue,
                    skills=skills,
                    priority=priority,
                    entered_at=entered_at,
                    resumed=resumed,
                    kept=kept,
                    wanted=wanted,
                )
            )
        self._put(
            place,
            Enter(
                call=CallId(call),
                queue=QueueId(queue),
                skills=skills,
                priority=priority,
                entered_at=entered_at,
                expires_at=joined_at + wait_s_max,
                caller=caller,
                leave_if_empty=leave_if_empty,
                wanted=AgentId(wanted) if wanted else None,
                wanted_until=wanted_until,
                chosen=chosen,
                callback=callback,
                has_place=has_place or resumed,
                not_before=not_before,
                lead_s=lead_s + (BRIEFING_S if self._is_briefed(queue) else 0.0),
                joined_at=joined_at,
                steps_told=steps,
            ),
        )
        return place

    def learn_places(self, calls: Mapping[str, Sequence[events.Event]]) -> None:
        """What is on record of these calls holds when they are back in line: the priority that was
        ordered, and the steps, which are not put there again."""
        for call, history in calls.items():
            if found := relaxed_to(history):
                self._steps[call] = found
            if (ordered := ordered_priority(history)) is not None:
                self._ordered[call] = ordered

    def _put(self, place: Place, message: Enter) -> None:
        """In line; a call that is refused is out again at once, as `failed`."""
        former = self._places.get(place.call)
        self._places[place.call] = place
        try:
            self.feed(message)
        except RoutingError as error:
            log.error("no place in line", call=place.call, queue=place.queue, error=str(error))  # noqa: TRY400
            self._on_error("entry")
            del self._places[place.call]
            if former is not None:
                self._places[place.call] = former
            self._out(place)

    def leave(self, place: Place, outcome: QueueOutcome) -> None:
        """The caller leaves the line; nothing happens when they were already out of it."""
        if self._places.get(place.call) is place:
            self.feed(Leave(CallId(place.call), outcome))

    def hand_over(self, place: Place, outcome: QueueOutcome) -> None:
        """As `leave`, but whoever waits on the place is told nothing: another goes on for them."""
        if self._places.get(place.call) is place:
            successor = Place(
                place.call, place.queue, place.entered_at, place.caller, place.priority
            )
            self._places[place.call] = successor
            self.leave(successor, outcome)

    def position(self, call: str) -> int | None:
        """The caller's place in their queue, 1 being the next; None: not in line any more."""
        return self.engine.position(call) if self.engine.is_waiting(call) else None

    def estimate(self, call: str) -> Estimate | None:
        """How long this caller will probably wait; None: unsure, so nothing may be announced."""
        if not self.engine.is_waiting(call):
            return None
        return self.engine.estimate(call, self._clock.now())

    def _is_briefed(self, queue: str) -> bool:
        policy = self._site.queues.get(queue)
        return policy is not None and (policy.whisper or bool(policy.accept_key))

    def _relaxed(self, command: Relaxed) -> None:
        if place := self._places.get(command.call):
            place.steps = command.step
        self._recorder.record(decisions.relaxed(command, self._clock.now()))

    def _reprioritised(self, command: Reprioritised) -> None:
        if place := self._places.get(command.call):
            place.priority, place.ordered = command.priority, True

    def _left(self, command: Left) -> None:
        if command.outcome is not QueueOutcome.ANSWERED and (
            place := self._places.pop(command.call, None)
        ):
            place.settle(NoMatch(command.outcome))
        if not command.callback:
            self._recorder.record(decisions.left(command, self._clock.now()))

    def _let_go(self, call: str) -> None:
        """Out of line as `failed`, whatever the core still knows of the call."""
        place = self._places.pop(call, None)
        if place is None:
            return
        if not self._accepts(Leave(CallId(call), QueueOutcome.FAILED)) and not self._accepts(
            ConversationEnded(CallId(call), wrap_up=False)
        ):
            self._out(place)
        place.settle(NoMatch(QueueOutcome.FAILED))

    def _accepts(self, message: Leave | ConversationEnded) -> bool:
        """Tells the core; whether it knows such a call."""
        try:
            self.feed(message)
        except RoutingError:
            return False
        return True

    def _out(self, place: Place) -> None:
        """The core says nothing of this end, so it is put on record here."""
        place.settle(NoMatch(QueueOutcome.FAILED))
        if place.proxy is None:
            now = self._clock.now()
            self._recorder.record(
                events.QueueLeft(
                    at=now,
                    call=place.call,
                    queue=place.queue,
                    outcome=QueueOutcome.FAILED,
                    wait_s=max(0.0, now - place.entered_at),
                )
            )


def relaxed_to(history: Sequence[events.Event]) -> tuple[str, int] | None:
    """The queue and the relaxation steps taken since the call came there to stay; None: none."""
    found: tuple[str, int] | None = None
    for event in history:
        if isinstance(event, events.QueueEntered) and not event.resumed:
            found = None
        elif isinstance(event, events.QueueRelaxed):
            found = event.queue, event.step
    return found
