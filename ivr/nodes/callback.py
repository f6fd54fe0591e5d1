"""callback: the caller hangs up, keeps the place in line, and is called when the turn comes."""

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from pydantic import Field

from ivr.flow.node import Target
from ivr.model.site import Site
from ivr.nodes.base import END, MATCH, NO_INPUT, NO_MATCH, Node, Visit
from ivr.nodes.dial import dial_target
from ivr.nodes.prompt import Prompt, spoken_value
from ivr.ports import Audio
from ivr.spoken.values import Manner, vocabulary

CONFIRM_KEY, OTHER_KEY = "1", "2"
ANSWER_S = 8.0
"""How long the caller may think about the offer."""
DIGIT_S = 5.0
DIGITS_MAX = 15
DIGITS = Manner("digits")
NUMBERS_MAX = 3
"""Numbers one caller may try in one offer."""

_NUMBER = re.compile(r"\+?[0-9]{2,15}", re.ASCII)


class Callback(Node):
    """Offers to call the caller back, who hangs up and keeps the place in line.

    Reached from a queue node through its `self_service`; that queue needs `callback` in the site
    file. Only extensions of the site and numbers on its allow-list are called.
    """

    type: ClassVar[str] = "callback"
    takes_input: ClassVar[bool] = True
    ends_walk: ClassVar[bool] = True
    offers_callback: ClassVar[bool] = True
    offer: Prompt | None = Field(
        default=None,
        description="Reads the number out (`{digits: caller}` says the one that would be called) "
        "and asks for 1 = call me there; left out: the built-in words.",
    )
    other_number: bool = Field(
        default=False, description="Key 2 lets the caller enter another number."
    )
    enter: Prompt | None = Field(
        default=None, description="Asks for the other number; left out: the built-in words."
    )
    accepted: Prompt | None = Field(
        default=None,
        description="Said when the call-back is agreed, before the call ends; left out: the "
        "built-in words.",
    )
    refused: Prompt | None = Field(
        default=None,
        description="Said when the number may not be called, or nobody can be called just now; "
        "left out: the built-in words.",
    )
    otherwise: Target = Field(
        description="Taken by everybody who did not confirm; leads back to the queue node, where "
        "the place is kept."
    )

    def says(self, site: Site, language: str) -> Iterable[str]:
        words = site.words(language)
        if self.offer is None:
            yield from (words.callback_offer, words.callback_press)
            yield from vocabulary(DIGITS, site.spoken(language))
        yield from (words.callback_enter, words.callback_accepted, words.callback_refused)

    async def run(self, visit: Visit) -> str:
        visit.ahead = ""
        number = visit.call.caller
        for _ in range(NUMBERS_MAX):
            if not self._may_be_called(visit, number):
                await visit.call.play(_audio(visit, self.refused, visit.words.callback_refused))
                if not self.other_number:
                    return "otherwise"
                number = await self._enter(visit)
                continue
            key = await self._ask(visit, number)
            if key == CONFIRM_KEY:
                return await self._confirmed(visit, number)
            if key != OTHER_KEY or not self.other_number:
                return "otherwise"
            number = await self._enter(visit)
        return "otherwise"

    def _may_be_called(self, visit: Visit, number: str) -> bool:
        """Anonymous callers never; the allow-list is all that stands against toll fraud."""
        known = _NUMBER.fullmatch(number) is not None
        return known and dial_target(visit.site, number) is not None

    async def _ask(self, visit: Visit, number: str) -> str:
        audio = self._offer(visit, number)
        key = await visit.first_key(audio, ANSWER_S, barge_in=True)
        known = key in (CONFIRM_KEY, OTHER_KEY)
        visit.record_input(key, MATCH if known else NO_MATCH if key else NO_INPUT)
        return key

    def _offer(self, visit: Visit, number: str) -> Sequence[Audio]:
        if self.offer is not None:
            return self.offer.audio({**visit.variables, "caller": number})
        words = visit.words
        digits = spoken_value(number, DIGITS, visit.language)
        return (visit.said(words.callback_offer), *digits, visit.said(words.callback_press))

    async def _enter(self, visit: Visit) -> str:
        typed = ""
        audio = _audio(visit, self.enter, visit.words.callback_enter)
        key = await visit.first_key(audio, ANSWER_S, barge_in=True)
        while key and key != "#" and len(typed) < DIGITS_MAX:
            typed += key
            key = await visit.call.wait_key(DIGIT_S)
        return typed

    async def _confirmed(self, visit: Visit, number: str) -> str:
        if not await visit.queues.call_back(number):
            await visit.call.play(_audio(visit, self.refused, visit.words.callback_refused))
            return "otherwise"
        await visit.call.play(_audio(visit, self.accepted, visit.words.callback_accepted))
        return END


def _audio(visit: Visit, prompt: Prompt | None, phrase: str) -> Sequence[Audio]:
    """The flow's own prompt, or else the built-in phrase."""
    return (visit.said(phrase),) if prompt is None else prompt.audio(visit.variables)
