"""Handing a caller on, from the agent's second line: blind, after a word with the target, parked.

The phone puts the caller on hold and dials a code. Only who talks to a caller can hand one on, and
only to whom the site names or its allow-list admits; otherwise the caller stays.
"""

import asyncio
from enum import Enum

from ivr.model.agents import AgentState
from ivr.model.errors import CallerGoneError
from ivr.model.ids import AgentId
from ivr.ports import DialTarget, Line, Spoken
from ivr.service.conversations import Conversation
from ivr.service.desk import Desk
from ivr.service.handovers import (
    PARK,
    Handover,
    Target,
    ToAgent,
    ToBoth,
    ToConsulted,
    ToPhone,
    ToQueue,
    ToSlot,
)
from ivr.service.onward import RING_TIMEOUT_S, target_of, waits_for
from ivr.service.telling import told
from ivr.spoken.values import Manner, say

BACK_KEY, ALL_KEY = "*", "#"
DIGITS = Manner("digits")
FREE = (AgentState.AVAILABLE, AgentState.WRAP_UP)

NO_CALLER = Spoken("You are not talking to a caller.")
NO_TARGET = Spoken("There is nobody at this number, or you may not dial it.")
NOT_FREE = Spoken("This agent is not free. Your caller is still on hold.")
NOT_ANSWERED = Spoken("Nobody answered. Your caller is still on hold.")
HANDED_ON = Spoken("Your caller is being transferred.")
WAITS = Spoken("This agent is busy. Your caller waits for them.")
PARKED = Spoken("Your caller is parked. The slot is")
ALL_TAKEN = Spoken("Every parking slot is taken. Your caller is still on hold.")
EMPTY_SLOT = Spoken("Nobody is parked there.")
RETRIEVED = Spoken("Hang up, and the caller will ring you.")
OTHER_LEFT = Spoken("You are alone. Your caller is still on hold.")
SHARED = Spoken("Your caller is talking to somebody else, too.")

TRANSFER_PROMPTS = (
    NO_CALLER,
    NO_TARGET,
    NOT_FREE,
    NOT_ANSWERED,
    HANDED_ON,
    WAITS,
    PARKED,
    ALL_TAKEN,
    EMPTY_SLOT,
    RETRIEVED,
    OTHER_LEFT,
    SHARED,
)


class Ended(Enum):
    """How a consultation ended."""

    BY_AGENT = "by agent"
    """Hung up: the caller is the target's."""
    BY_KEY = "by key"
    TOGETHER = "together"
    """The caller had been brought in: whoever left, the others talk on."""
    OTHERWISE = "otherwise"
    """The target hung up, or the agent's phone took the target along."""


class Transfers:
    """What the codes do; each returns what the agent is told at the end."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def blind(self, line: Line, agent: AgentId, dialled: str) -> None:
        """Hand the caller on at once; what becomes of them is not for this agent to see."""
        if dialled == PARK:
            await self.park(line, agent, "")
            return
        conversation, target, refusal = self._wanted(agent, dialled, may_wait=True)
        if conversation is None or target is None:
            await line.play([self._told(refusal, agent)])
            return
        waits = isinstance(target, ToAgent) and self._is_waited_for(target, conversation)
        await self._send(conversation, Handover(agent, target, dialled))
        await line.play([self._told(WAITS if waits else HANDED_ON, agent)])

    async def park(self, line: Line, agent: AgentId, slot: str) -> None:
        """Without a slot: park the own caller. With one: have the caller parked there."""
        if slot:
            await self._retrieve(line, agent, slot)
            return
        conversation = self._desk.conversations.of_agent(agent)
        if conversation is not None and conversation.shared:
            await line.play([self._told(SHARED, agent)])
            return
        number = self._desk.parking.reserve() if conversation else None
        if conversation is None or number is None:
            await line.play([self._told(ALL_TAKEN if conversation else NO_CALLER, agent)])
            return
        await self._send(conversation, Handover(agent, ToSlot(number), PARK + number))
        language = self._desk.site.language_of(agent)
        digits = [Spoken(digit, language) for digit in say(number, DIGITS, language)]
        await line.play([self._told(PARKED, agent), *digits])

    async def _retrieve(self, line: Line, agent: AgentId, slot: str) -> None:
        if self._desk.dispatcher.engine.agent(agent).state not in FREE:
            await line.play([self._told(NOT_FREE, agent)])
        elif not self._desk.parking.holds(slot):
            await line.play([self._told(EMPTY_SLOT, agent)])
        else:
            try:
                await line.play([self._told(RETRIEVED, agent)])
                await line.hangup()
            finally:  # only now: many phones cannot ring while their owner listens
                self._desk.parking.retrieve(slot, agent)

    async def consult(self, line: Line, agent: AgentId, dialled: str) -> None:
        """Ring the target and talk; hanging up hands over, `*` ends the consultation, `#` brings
        the caller in."""
        conversation, target, refusal = self._wanted(agent, dialled)
        if conversation is None or not isinstance(target, ToAgent | ToPhone):
            await line.play(
                [self._told(NO_TARGET if isinstance(target, ToQueue) else refusal, agent)]
            )
            return
        dispatcher = self._desk.dispatcher
        consulted = target.agent if isinstance(target, ToAgent) else ""
        talk = f"{conversation.call}+{line.id}"
        if consulted and not dispatcher.take(talk, consulted, conversation.queue):
            await line.play([self._told(NOT_FREE, agent)])
            return
        leg, handed_on = "", False
        try:
            leg = await self._ring(line, target, conversation) or ""
            there = ToConsulted(leg, consulted, dialled, talk)
            handed_on = bool(leg) and await self._handed_on(line, conversation, there)
        finally:
            if not handed_on:
                conversation.consulted = None
                if leg:
                    await dispatcher.drop_leg(leg)
                if consulted:
                    dispatcher.conversation_over(talk, wrap_up=False)
        if not handed_on:
            await line.play([self._told(OTHER_LEFT if leg else NOT_ANSWERED, agent)])

    async def _ring(self, line: Line, target: ToAgent | ToPhone, talk: Conversation) -> str | None:
        """The target's leg; None when nobody answered."""
        await line.start_music("default")
        phone = (
            target.target
            if isinstance(target, ToPhone)
            else DialTarget(extension=self._desk.site.agents[target.agent].extension)
        )
        ringing = asyncio.create_task(
            self._desk.dispatcher.outgoing.ring(
                phone,
                caller=self._desk.site.agents[talk.agent].extension,
                title=self._desk.site.queues[talk.queue].title,
                timeout_s=RING_TIMEOUT_S,
                stays=True,
            ),
            name=f"consult {line.id}",
        )
        gone = asyncio.create_task(line.wait_gone(), name=f"gone {line.id}")
        try:
            await asyncio.wait({ringing, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if not ringing.done():
                ringing.cancel()
            await asyncio.wait({ringing, gone})
        if ringing.cancelled():
            raise CallerGoneError
        return ringing.result()

    async def _handed_on(self, line: Line, talk: Conversation, there: ToConsulted) -> bool:
        """The consultation; True when the caller goes to the target, by whatever means."""
        talk.consulted = there
        ended = await self._confer(line, talk, there)
        if ended in (Ended.BY_KEY, Ended.TOGETHER):
            return ended is Ended.TOGETHER
        if ended is Ended.BY_AGENT and self._desk.conversations.of_agent(talk.agent) is talk:
            await self._send(talk, Handover(talk.agent, there, there.dialled))
            return True
        return await self._desk.conversations.is_taken_along(talk)

    async def _confer(self, line: Line, caller: Conversation, there: ToConsulted) -> Ended:
        """Agent and target talk, perhaps the caller, too, until one of the two ends it."""
        await line.stop_music()
        line.forget_keys()
        talk = asyncio.create_task(_join(line, there.leg), name=f"confer {line.id}")
        back = asyncio.create_task(self._back(line, caller, there), name=f"keys {line.id}")
        try:
            await asyncio.wait({talk, back}, return_when=asyncio.FIRST_COMPLETED)
            by_key = not talk.done()
            if by_key:
                await self._desk.dispatcher.drop_leg(there.leg)
            await asyncio.wait({talk})
        finally:
            for task in (talk, back):
                task.cancel()
            await asyncio.wait({talk, back})
        error = talk.exception()
        if error is not None and not isinstance(error, CallerGoneError):
            raise error
        if caller.brought_in == line.channel:
            return Ended.TOGETHER
        if error is not None:
            return Ended.BY_AGENT
        return Ended.BY_KEY if by_key else Ended.OTHERWISE

    async def _back(self, line: Line, caller: Conversation, there: ToConsulted) -> None:
        """Returns when the agent wants the target gone; brings the caller in when they want it."""
        while (key := await line.next_key()) != BACK_KEY:
            is_theirs = self._desk.conversations.of_agent(caller.agent) is caller
            if key == ALL_KEY and is_theirs and caller.brought_in != line.channel:
                caller.brought_in = line.channel
                both = ToBoth(there, line.channel)
                await self._send(caller, Handover(caller.agent, both, there.dialled))

    async def _send(self, conversation: Conversation, handover: Handover) -> None:
        """Order it, then end the agent's leg: the caller's session finds the order."""
        self._desk.conversations.hand_on(conversation.channel, handover)
        await self._desk.dispatcher.drop_leg(conversation.leg)

    def _told(self, phrase: Spoken, agent: AgentId) -> Spoken:
        return told(self._desk.site, phrase, agent)

    def _is_waited_for(self, target: ToAgent, conversation: Conversation) -> bool:
        queue = self._desk.site.queues.get(conversation.queue)
        return queue is not None and waits_for(self._desk, target.agent, queue)

    def _wanted(
        self, agent: AgentId, dialled: str, *, may_wait: bool = False
    ) -> tuple[Conversation | None, Target | None, Spoken]:
        """Whose caller goes where, or what to say instead."""
        conversation = self._desk.conversations.of_agent(agent)
        target = target_of(self._desk.site, dialled)
        if conversation is None:
            return None, None, NO_CALLER
        if conversation.shared:
            return conversation, None, SHARED
        if target is None or target == ToAgent(agent):
            return conversation, None, NO_TARGET
        if isinstance(target, ToAgent):
            state = self._desk.dispatcher.engine.agent(target.agent).state
            waits = may_wait and self._is_waited_for(target, conversation)
            if state not in FREE and not waits:
                return conversation, None, NOT_FREE
        return conversation, target, NO_TARGET


async def _join(line: Line, leg: str) -> None:
    """Raises CallerGoneError also when hanging up is what ended it: the next question tells."""
    await line.join(leg)
    await line.joined()
