"""Agents and callers as they behave at every desk, whoever distributes the calls."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.centre import CALLER, Desk
from benchmarks.sip import Dialog, Invitation, SipSocket

TALK_S = (1.0, 6.0)
"""Spread over the longest pause of the peer (5 s): hang-ups favour no moment of its cycle."""
REDIAL_S = (0.2, 0.8)
"""A new caller does not dial in the very milliseconds that are measured."""
CALLERS = 3
"""Per desk: one talks, so that others are waiting when the agent hangs up."""
SETTLED_S = 1.0
"""A caller counts as waiting when connected for that long."""


@dataclass
class Gathered:
    """What one measurement yields."""

    hand_overs_s: list[float] = field(default_factory=list)
    """From the agent's BYE to the next INVITE at the same phone."""
    byes_s: list[float] = field(default_factory=list)
    """From the agent's BYE to the answer to it: what Asterisk needs to react at all."""
    rung_while_talking: int = 0
    nobody_waiting: int = 0
    """Hang-ups that do not count, because no caller was in line."""


class Staff:
    """One desk at work: its agent answers at once, talks, hangs up; its callers come again."""

    def __init__(
        self,
        desk: Desk,
        sip: SipSocket,
        passwords: Mapping[str, str],
        gathered: Gathered,
        dice: random.Random,
    ) -> None:
        self._desk = desk
        self._sip = sip
        self._passwords = passwords
        self._gathered = gathered
        self._dice = dice
        self._freed_at: float | None = None
        self._talk: asyncio.Task[None] | None = None
        self._callers: list[asyncio.Task[None]] = []
        self._connected: deque[float] = deque(maxlen=CALLERS)
        """Since when each caller who is connected now has been."""

    def start(self) -> None:
        self._callers = [
            asyncio.create_task(self._call_again_and_again(), name=f"caller {self._desk.name}")
            for _ in range(CALLERS)
        ]

    async def close(self) -> None:
        """Nobody calls any more; raises what went wrong with a call."""
        tasks = [*self._callers, *([self._talk] if self._talk else [])]
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    def failed(self) -> bool:
        return any(task.done() for task in self._callers)

    # --- the agent

    def invited(self, invitation: Invitation) -> None:
        if self._talk is not None:
            self._gathered.rung_while_talking += 1
            invitation.refuse("486 Busy Here")
            return
        dialog = invitation.answer()
        if self._freed_at is not None:
            self._gathered.hand_overs_s.append(invitation.at - self._freed_at)
            self._freed_at = None
        self._talk = asyncio.create_task(self._talking(dialog), name=f"talk {self._desk.name}")

    async def _talking(self, dialog: Dialog) -> None:
        await asyncio.sleep(self._dice.uniform(*TALK_S))
        self._talk = None
        now = time.monotonic()
        if self._waiting(now):
            self._freed_at = now
        else:
            self._gathered.nobody_waiting += 1
        await self._sip.hang_up(dialog)
        self._gathered.byes_s.append(time.monotonic() - now)

    def _waiting(self, now: float) -> int:
        """Callers in line: those connected for a while, but for the one who is talking."""
        return sum(now - since > SETTLED_S for since in self._connected) - 1

    # --- the callers

    async def _call_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(self._dice.uniform(*REDIAL_S))
            dialog = await self._sip.dial(CALLER, self._passwords[CALLER], self._desk.number)
            since = time.monotonic()
            self._connected.append(since)
            await dialog.ended.wait()
            self._connected.remove(since)
