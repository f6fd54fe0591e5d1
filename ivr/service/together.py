"""A talk of three: the caller, their agent, and whom that agent had asked on a second line.

All are in one bridge, which lasts for as long as two are left in it, with or without this server.
Once one has left, the two are joined anew like any others: so the recording of what follows is
whole, and so is its account. Until then the talk is the first agent's.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ivr.ports import Line
from ivr.service.conversations import Conversation
from ivr.service.desk import Desk
from ivr.service.handovers import Handover, ToBoth
from ivr.service.remembering import Remembering

WORD_S = 1.0
"""The caller is out of the talk: so long the word may take who else left it."""


@dataclass(eq=False)
class Three:
    """Who has left."""

    agent: bool = False
    target: bool = False
    somebody: asyncio.Event = field(default_factory=asyncio.Event)


class Together:
    """One caller's talks of three."""

    def __init__(self, desk: Desk, line: Line, remembering: Remembering) -> None:
        self._desk = desk
        self._line = line
        self._remembering = remembering

    async def talk(self, caller: Conversation, both: ToBoth, entered_at: float) -> bool:
        """Until somebody leaves. Whether the agent is there still, to be joined again; if not, and
        the other one is, the caller is handed on to them."""
        there = both.there
        conversations, dispatcher = self._desk.conversations, self._desk.dispatcher
        three = Three()
        conversations.tell_end(both.line, lambda: self._agent_left(three, there.leg))
        conversations.tell_end(there.leg, lambda: self._target_left(three, both.line))
        caller.hold(on=False, now=self._desk.clock.now())
        caller.leg, caller.shared, caller.consulted = both.line, True, None
        handover = Handover(caller.agent, replace(there, met=True), there.dialled)
        try:
            await self._remembering.together(caller, there, entered_at)
            await self._line.join_others(there.leg)
            await self._line.joined()  # who hung up is told by the next question
            await self._word(three)
        except Exception:
            dispatcher.void(handover)
            raise
        finally:
            caller.shared = False
            conversations.tell_no_end(both.line)
            conversations.tell_no_end(there.leg)
        if three.target:
            if there.agent:
                dispatcher.conversation_over(there.talk, wrap_up=False)
        else:
            conversations.hand_on(self._line.channel, handover)
        return three.target and not three.agent

    async def _word(self, three: Three) -> None:
        with suppress(TimeoutError):  # then the next to be joined tells
            async with asyncio.timeout(WORD_S):
                await three.somebody.wait()

    def _agent_left(self, three: Three, other: str) -> None:
        three.agent = True
        self._one_left(three, other)

    def _target_left(self, three: Three, other: str) -> None:
        three.target = True
        self._one_left(three, other)

    def _one_left(self, three: Three, other: str) -> None:
        """The caller and the other one are parted, to be joined anew at once."""
        if not three.somebody.is_set():
            three.somebody.set()
            self._desk.dispatcher.take_out(other)
