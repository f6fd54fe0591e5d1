"""callback: the caller hangs up, keeps the place in line, and is called when the turn comes."""

import re
from typing import ClassVar

from ivr.flow.node import Target
from ivr.nodes.base import END, MATCH, NO_INPUT, NO_MATCH, Node, Visit
from ivr.nodes.dial import dial_target
from ivr.nodes.prompt import Prompt

CONFIRM_KEY, OTHER_KEY = "1", "2"
ANSWER_S = 8.0
"""How long the caller may think about the offer."""
DIGIT_S = 5.0
DIGITS_MAX = 15
NUMBERS_MAX = 3
"""Numbers one caller may try in one offer."""

_NUMBER = re.compile(r"\+?[0-9]{2,15}", re.ASCII)


class Callback(Node):
    """Offers to call the caller back; reached from a queue node through `self_service`.

    Fields: `offer`, which reads the number out (`{digits: caller}` says the one that would be
    called) and asks for 1 = call me there; `other_number` (false): 2 = enter another one, asked for
    by `enter`; `accepted`, said before hanging up; `refused`, said when the number may not be
    called, or nobody can be called just now. Only extensions of the site and numbers on its
    allow-list are called. The queue needs `callback` in the site file. Exit: `otherwise`, for
    everybody who did not confirm; it leads back to the queue node, where the place is kept.
    """

    type: ClassVar[str] = "callback"
    takes_input: ClassVar[bool] = True
    ends_walk: ClassVar[bool] = True
    offers_callback: ClassVar[bool] = True
    offer: Prompt = Prompt.model_validate(
        [
            "You can hang up and keep your place in line. We will call you on",
            {"digits": "caller"},
            "To be called there, press 1. To go on waiting, press star.",
        ]
    )
    other_number: bool = False
    enter: Prompt = Prompt.model_validate(
        "Please enter the number on which we may call you, and then press pound."
    )
    accepted: Prompt = Prompt.model_validate(
        "Thank you. You keep your place in line, and we will call you. Goodbye."
    )
    refused: Prompt = Prompt.model_validate(
        "We are sorry, we cannot call this number. You keep your place in line."
    )
    otherwise: Target

    async def run(self, visit: Visit) -> str:
        visit.ahead = ""
        number = visit.call.caller
        for _ in range(NUMBERS_MAX):
            if not self._may_be_called(visit, number):
                await visit.play(self.refused)
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
        audio = self.offer.audio({**visit.variables, "caller": number})
        key = await visit.first_key(audio, ANSWER_S, barge_in=True)
        known = key in (CONFIRM_KEY, OTHER_KEY)
        visit.record_input(key, MATCH if known else NO_MATCH if key else NO_INPUT)
        return key

    async def _enter(self, visit: Visit) -> str:
        typed = ""
        key = await visit.first_key(self.enter.audio(visit.variables), ANSWER_S, barge_in=True)
        while key and key != "#" and len(typed) < DIGITS_MAX:
            typed += key
            key = await visit.call.wait_key(DIGIT_S)
        return typed

    async def _confirmed(self, visit: Visit, number: str) -> str:
        if not await visit.queues.call_back(number):
            await visit.play(self.refused)
            return "otherwise"
        await visit.play(self.accepted)
        return END
