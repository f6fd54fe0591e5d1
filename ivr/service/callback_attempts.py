"""One attempt at a call-back after the other, and the place in line meanwhile.

An attempt ends in one of two ways. Confirmed by key, the customer's own session goes on with the
wait, and the agent is joined there like with any caller. Anything else costs the agent nothing: the
entry leaves the line, comes back at the same place, and rests until the next attempt.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import structlog

from ivr.model import events
from ivr.model.agents import OfferOutcome, QueueOutcome
from ivr.model.errors import CallerGoneError, TelephonyError
from ivr.nodes.dial import dial_target
from ivr.ports import CustomerLegs, Line
from ivr.service.callback_entry import (
    CANCEL_KEY,
    CONFIRM_S,
    FAILURES,
    LINE_FREE_S,
    MARGIN_S,
    QUESTION_S,
    TAKE_KEY,
    Pending,
    call_over,
    cancelled,
    ended,
    question,
    tell,
)
from ivr.service.callback_history import Wish
from ivr.service.desk import Desk
from ivr.service.places import Match, NoMatch, Place

log = structlog.get_logger(__name__)


class Attempts:
    """Call-backs under way. `new_leg` names customers' channels."""

    def __init__(self, desk: Desk, customers: CustomerLegs, new_leg: Callable[[], str]) -> None:
        self._desk = desk
        self._customers = customers
        self._new_leg = new_leg
        self._pending: dict[str, Pending] = {}
        """By call."""

    def _begin(
        self,
        wish: Wish,
        attempts: int,
        not_before: float,
        *,
        resumed: bool,
        steps: int = 0,
        confirmed: bool = False,
    ) -> Pending:
        terms = self._desk.site.queues[wish.queue].callback
        if terms is None:
            raise ValueError(f"queue {wish.queue!r} offers no call-back")
        one = Pending(wish, attempts, terms, steps=steps, confirmed=confirmed)
        self._pending[wish.call] = one
        self._enter(one, not_before, resumed=resumed)
        return one

    # --- the place in line

    def _enter(self, one: Pending, not_before: float, *, resumed: bool = False) -> None:
        wish = one.wish
        one.offered, one.picked_up = [], []
        one.place = place = self._desk.dispatcher.enter(
            wish.call,
            wish.queue,
            wish.skills,
            wish.priority,
            entered_at=wish.entered_at,
            joined_at=wish.joined_at,
            wait_s_max=wish.expires_at - wish.joined_at,
            caller=wish.number,
            leave_if_empty=False,
            resumed=resumed,
            callback=True,
            not_before=not_before,
            lead_s=0.0 if one.confirmed else _lead_s(one),
            proxy=Proxy(self, one),
            steps=one.steps,
        )
        place.found.add_done_callback(lambda _: self._settled(one, place))

    def _settled(self, one: Pending, place: Place) -> None:
        """The entry is out of line; not by our doing if it is still this call-back's."""
        if one.place is not place:
            return
        match place.found.result():
            case Match():
                self._end(one, "completed")
            case NoMatch(QueueOutcome.TIMEOUT):
                self._end(one, "expired")
            case NoMatch():
                self._end(one, "cancelled")

    def _withdraw(self, one: Pending, result: str) -> None:
        """Out of line, for good."""
        place, one.place = one.place, None
        if place is not None:
            self._desk.dispatcher.leave(place, QueueOutcome.CALLBACK)
        self._end(one, result)

    def _end(self, one: Pending, result: str) -> None:
        del self._pending[one.wish.call]
        tell(one, "cancelled")
        self._record_end(one.wish, one.attempts, result)
        if not one.confirmed:
            self._desk.recorder.record(call_over(one.wish, self._desk.clock.now()))

    def _record_end(self, wish: Wish, attempts: int, result: str) -> None:
        self._desk.recorder.record(ended(wish, attempts, result, self._desk.clock.now()))

    # --- an attempt

    def attempt(self, one: Pending) -> None:
        """Call the customer, unless that is being done."""
        if one.reached is None and not one.confirmed:
            one.reached = asyncio.get_running_loop().create_future()
            self._desk.tasks.start(self._attempt(one, one.reached), f"call back {one.wish.call}")

    async def _attempt(self, one: Pending, reached: asyncio.Future[str]) -> None:
        outcome = await self._reach(one, reached)
        if outcome == "confirmed":
            return
        leg, one.leg, one.reached = one.leg, "", None
        if leg and outcome != "declined":  # who declined is told so, by the session
            await self._desk.dispatcher.drop_leg(leg)
        if outcome == "cancelled":
            return
        one.attempts += 1
        self._record_attempt(one, outcome)
        if outcome == "declined":
            self._withdraw(one, "declined")
        elif one.attempts >= one.terms.attempts_max:
            self._withdraw(one, "unreachable")
        else:
            self._retry(one)

    async def _reach(self, one: Pending, reached: asyncio.Future[str]) -> str:
        """Dial and wait: what became of it."""
        target = dial_target(self._desk.site, one.wish.number)
        if target is None:
            log.warning("call-back to a number no longer allowed", call=one.wish.call)
            return "failed"
        waited = asyncio.create_task(one.line_free.wait(), name=f"line free {one.wish.call}")
        await asyncio.wait({waited}, timeout=LINE_FREE_S)
        waited.cancel()
        if reached.done():
            return reached.result()
        one.leg, one.leg_started = self._new_leg(), False
        ring_s = one.terms.ring_timeout_s
        try:
            await self._customers.call(
                one.leg,
                target,
                call=one.wish.call,
                number=one.wish.number,
                dialled=one.wish.dialled,
                title=self._desk.site.queues[one.wish.queue].title,
                timeout_s=ring_s,
            )
            async with asyncio.timeout(ring_s + QUESTION_S + CONFIRM_S + MARGIN_S):
                return await reached
        except TimeoutError:
            return "unconfirmed"
        except TelephonyError as error:
            log.warning("customer not called", call=one.wish.call, error=str(error))
            return "failed"

    def _retry(self, one: Pending) -> None:
        """Agents are free at once; the place is the same, and is offered again later."""
        place, one.place = one.place, None
        if place is not None:
            one.steps, one.wish = place.steps, replace(one.wish, priority=place.priority)
            self._desk.dispatcher.leave(place, QueueOutcome.CALLBACK)
        self._enter(one, self._desk.clock.now() + one.terms.retry_after_s)

    def _record_attempt(self, one: Pending, outcome: str) -> None:
        legs = one.picked_up or one.offered
        self._desk.recorder.record(
            events.CallbackAttempted(
                at=self._desk.clock.now(),
                call=one.wish.call,
                queue=one.wish.queue,
                attempt=one.attempts,
                agent=self._desk.dispatcher.agent_on(legs[0]) if legs else "",
                outcome=outcome,
            )
        )

    # --- the customer's leg

    def leg_failed(self, leg: str, outcome: OfferOutcome) -> None:
        """Nobody answered there; a leg of no attempt means nothing."""
        if one := self._on_leg(leg):
            tell(one, FAILURES.get(outcome, "failed"))

    def leg_started(self, leg: str) -> None:
        """The customer's channel exists: why it fails, if it does, is told by its end."""
        if one := self._on_leg(leg):
            one.leg_started = True

    def order_failed(self, leg: str) -> None:
        """Calling failed without a stated reason: the attempt is over if nothing else can end."""
        one = self._on_leg(leg)
        if one is not None and not one.leg_started:
            tell(one, "failed")

    def _on_leg(self, leg: str) -> Pending | None:
        return next((one for one in self._pending.values() if one.leg == leg), None)

    async def ask(self, line: Line, call: str) -> Pending | None:
        """Ask who picked up; the call-back to go on with, once it is confirmed."""
        one = self._pending.get(call)
        if one is None or one.leg != line.channel or one.reached is None or one.reached.done():
            return None
        try:
            answer = await self._answer(line, one)
        except CallerGoneError:
            answer = "unconfirmed"
        if one.reached is None or one.reached.done():
            return None  # too late, or withdrawn meanwhile
        if answer == "confirmed":
            self._confirm(one)
            return one
        tell(one, answer)
        if answer == "declined":
            with suppress(CallerGoneError):
                await line.play((cancelled(self._desk.site, one.wish),))
        return None

    async def _answer(self, line: Line, one: Pending) -> str:
        await line.answer()
        audio = question(self._desk.site, one.wish)
        keys = TAKE_KEY + CANCEL_KEY
        key = await line.play((audio,), keys=keys)
        until = self._desk.clock.now() + CONFIRM_S
        while key not in (TAKE_KEY, CANCEL_KEY):
            left_s = until - self._desk.clock.now()
            key = await line.wait_key(left_s) if left_s > 0 else ""
            if not key:
                return "unconfirmed"
        return "confirmed" if key == TAKE_KEY else "declined"

    def _confirm(self, one: Pending) -> None:
        """The customer is on the line: whoever picked up is joined, the others' phones ring."""
        one.confirmed = True
        one.attempts += 1
        self._record_attempt(one, "confirmed")
        tell(one, "confirmed")
        if one.picked_up:
            self._desk.dispatcher.accept(one.picked_up[0])
        elif one.customer_first:
            for leg in one.offered:
                self._desk.dispatcher.ring_now(leg)

    async def drop_legs(self) -> None:
        """At the end of this server: no customer's phone goes on ringing for nobody."""
        legs = [one.leg for one in self._pending.values() if one.leg and not one.confirmed]
        await asyncio.gather(*map(self._desk.dispatcher.drop_leg, legs))

    def cancel(self, call: str) -> None:
        """The customer has gone for good, or there is nothing left to go on with."""
        one = self._pending.get(call)
        if one is not None and not (one.place and one.place.found.done()):
            self._withdraw(one, "cancelled")

    def keep_agent(self, leg: str) -> None:
        """The agent who picked up hears music while the customer is called."""
        self._desk.tasks.start(self._keep_agent(leg), f"keep {leg}")

    async def _keep_agent(self, leg: str) -> None:
        try:
            await self._customers.keep_waiting(leg)
        except TelephonyError as error:  # then the leg ends by itself, and another agent is found
            log.warning("agent not kept", leg=leg, error=str(error))


class Proxy:
    """Stands in line for one customer."""

    def __init__(self, attempts: Attempts, one: Pending) -> None:
        self._attempts = attempts
        self._one = one

    def offered(self, leg: str) -> bool:
        self._one.offered.append(leg)
        if not self._one.customer_first:
            return True
        self._attempts.attempt(self._one)
        return self._one.confirmed

    def picked_up(self, leg: str) -> bool:
        if self._one.confirmed:
            return True
        self._one.picked_up.append(leg)
        self._attempts.keep_agent(leg)
        self._attempts.attempt(self._one)
        return False

    def withdrawn(self, leg: str) -> None:
        for legs in (self._one.offered, self._one.picked_up):
            if leg in legs:
                legs.remove(leg)


def _lead_s(one: Pending) -> float:
    """So long it may take to reach the customer, once an agent is offered."""
    return one.terms.ring_timeout_s + QUESTION_S + CONFIRM_S + 2 * MARGIN_S + LINE_FREE_S
