"""One customer to be called back: what they are asked, how long it may take, where it stands."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.model import events
from ivr.model.agents import OfferOutcome
from ivr.model.site import Callback, Site
from ivr.ports import Spoken
from ivr.service.callback_history import Wish
from ivr.service.places import Place

TAKE_KEY, CANCEL_KEY = "1", "2"

CONFIRM_S = 10.0
"""How long the customer may think after the question; an answering machine never presses a key."""

QUESTION_S = 12.0
"""No question takes longer to say than this."""

MARGIN_S = 3.0
"""For everything in between: the answer on its way to us, the session that begins."""

LINE_FREE_S = 15.0
"""Who asked is called only when that call has ended, or after this time."""

FAILURES = {
    OfferOutcome.BUSY: "busy",
    OfferOutcome.REJECTED: "busy",
    OfferOutcome.NO_ANSWER: "no_answer",
}
"""A customer's leg that nobody answered, in the words of CallbackAttempted; others: `failed`."""


def question(site: Site, wish: Wish) -> Spoken:
    """What a customer who picks up is asked, in the language in which they were served."""
    language = _language(site, wish)
    return Spoken(site.words(language).asked(site.queues[wish.queue].title), language)


def cancelled(site: Site, wish: Wish) -> Spoken:
    """What a customer hears who wants to be called no more."""
    language = _language(site, wish)
    return Spoken(site.words(language).callback_cancelled, language)


def _language(site: Site, wish: Wish) -> str:
    return site.spoken(str(json.loads(wish.variables).get("language", "")))


def callback_texts(site: Site, languages: Iterable[str]) -> set[Spoken]:
    """Everything said to customers who are called back."""
    titles = [queue.title for queue in site.queues.values() if queue.callback]
    return {
        Spoken(phrase, language)
        for language in (languages if titles else ())
        for phrase in (
            site.words(language).callback_cancelled,
            *map(site.words(language).asked, titles),
        )
    }


@dataclass(eq=False)
class Pending:
    """One customer to be called back, and the attempt under way."""

    wish: Wish
    attempts: int
    terms: Callback
    line_free: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the call in which this was asked for has ended."""
    place: Place | None = None
    steps: int = 0
    """Relaxation steps taken at former turns in line."""
    offered: list[str] = field(default_factory=list)
    """Agents' legs under offer, rung or about to be."""
    picked_up: list[str] = field(default_factory=list)
    """Those of them on which the agent waits for the customer."""
    leg: str = ""
    """The customer's channel, from dialling on."""
    leg_started: bool = False
    """That channel has come into being: its end tells why nobody answered there."""
    reached: asyncio.Future[str] | None = None
    """What becomes of the attempt under way, as in CallbackAttempted."""
    confirmed: bool = False

    @property
    def customer_first(self) -> bool:
        return self.terms.first == "customer"


def tell(one: Pending, outcome: str) -> None:
    """This is what becomes of the attempt under way, if nothing else has yet."""
    if one.reached is not None and not one.reached.done():
        one.reached.set_result(outcome)


def requested(wish: Wish, now: float) -> events.CallbackRequested:
    """The wish, on record."""
    return events.CallbackRequested(
        at=now,
        call=wish.call,
        queue=wish.queue,
        number=wish.number,
        skills=wish.skills,
        priority=wish.priority,
        entered_at=wish.entered_at,
        expires_at=wish.expires_at,
        flow=wish.flow,
        node=wish.node,
        variables=wish.variables,
        frames=wish.frames,
        consent=wish.consent,
    )


def ended(wish: Wish, attempts: int, result: str, now: float) -> events.CallbackEnded:
    """The call-back is over, on record."""
    return events.CallbackEnded(
        at=now,
        call=wish.call,
        queue=wish.queue,
        result=result,
        attempts=attempts,
        wait_s=now - wish.entered_at,
    )


def call_over(wish: Wish, now: float) -> events.CallEnded:
    """The caller hung up when they asked to be called, and never came back on the line."""
    return events.CallEnded(
        at=now,
        call=wish.call,
        flow=wish.flow,
        result="hangup",
        duration_s=now - wish.started_at,
        node=wish.node,
    )
