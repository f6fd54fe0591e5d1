"""Ending a caller's call because somebody in the house says so."""

from collections.abc import Callable
from typing import Protocol

from ivr.acd.errors import UnknownCallError
from ivr.model import events
from ivr.model.errors import TelephonyError
from ivr.ports import Clock, Recorder
from ivr.service.conversations import Conversations


class Ending(Protocol):
    async def hang_up(self, channel: str) -> None: ...


class HangingUp:
    """Finds the caller's channel wherever the call is; every order is on record."""

    def __init__(
        self,
        conversations: Conversations,
        serving: Callable[[str], str | None],
        telephony: Ending,
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        """`serving` tells the channel of a call that is in a flow or in line."""
        self._conversations = conversations
        self._serving = serving
        self._telephony = telephony
        self._recorder = recorder
        self._clock = clock

    def agent_of(self, call: str) -> str:
        """Who talks to this caller; empty: nobody."""
        talk = self._conversations.of_call(call)
        return talk.agent if talk else ""

    async def hang_up(self, call: str, by: str) -> None:
        """UnknownCallError: no such call has a caller on the line. TelephonyError."""
        talk = self._conversations.of_call(call)
        channel = talk.channel if talk else self._serving(call)
        if channel is None:
            error = UnknownCallError(f"call {call!r} has nobody on the line")
            self._record(call, by, str(error), known=False)
            raise error
        try:
            await self._telephony.hang_up(channel)
        except TelephonyError as error:
            self._record(call, by, str(error))
            raise
        self._record(call, by)

    def refused(self, call: str, by: str, why: str) -> None:
        """Put on record that somebody wanted it, and why nothing came of it."""
        self._record(call, by, why)

    def _record(self, call: str, by: str, refusal: str = "", *, known: bool = True) -> None:
        self._recorder.record(
            events.OrderGiven(
                at=self._clock.now(),
                by=by,
                order="hang-up",
                target=call,
                refusal=refusal,
                call=call if known else "",
            )
        )
