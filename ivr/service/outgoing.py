"""Legs rung because somebody asked for that very phone: not offers, so not the core's affair."""

import asyncio
from collections.abc import Callable

import structlog

from ivr.model.errors import TelephonyError
from ivr.ports import DialTarget, Telephony
from ivr.service.legs import LegAnswered, LegEvent, LegFailed, LegGone, LegRinging

log = structlog.get_logger(__name__)

MARGIN_S = 5.0
"""The telephony side ends the ringing itself; it may take so long to say so."""


class Outgoing:
    """Rings phones, and knows which legs are theirs until they are gone."""

    def __init__(self, telephony: Telephony, new_leg: Callable[[], str]) -> None:
        self._telephony = telephony
        self._new_leg = new_leg
        self._answers: dict[str, asyncio.Future[bool]] = {}

    @property
    def legs(self) -> frozenset[str]:
        return frozenset(self._answers)

    async def ring(
        self, target: DialTarget, *, caller: str, title: str, timeout_s: float, stays: bool = False
    ) -> str | None:
        """The leg, once somebody answered; None when nobody did, or could not be rung.

        `stays`: it is joined twice, so it waits a moment for the second one. Whoever cancels this
        ends the ringing.
        """
        leg = self._new_leg()
        answer = self._answers[leg] = asyncio.get_running_loop().create_future()
        answered = False
        try:
            async with asyncio.timeout(timeout_s + MARGIN_S):
                await self._telephony.ring_out(
                    leg, target, caller=caller, title=title, timeout_s=timeout_s, stays=stays
                )
                answered = await answer
        except TimeoutError:
            log.warning("no word of a leg", leg=leg)
        except TelephonyError as error:
            log.warning("not rung", leg=leg, error=str(error))
        finally:
            if not answered:
                self._answers.pop(leg, None)
                await self._hang_up(leg)
        return leg if answered else None

    def report(self, event: LegEvent) -> bool:
        """Whether this was about one of ours."""
        if not isinstance(event, LegRinging | LegAnswered | LegFailed | LegGone):
            return False
        answer = self._answers.get(event.leg)
        if answer is None:
            return False
        if isinstance(event, LegRinging):
            return True
        if not answer.done():
            answer.set_result(isinstance(event, LegAnswered))
        if not isinstance(event, LegAnswered):
            del self._answers[event.leg]
        return True

    async def _hang_up(self, leg: str) -> None:
        try:
            await self._telephony.hang_up(leg)
        except TelephonyError as error:
            log.warning("leg not taken down", leg=leg, error=str(error))
