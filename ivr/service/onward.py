"""What becomes of a caller whom an agent has sent on. Whatever fails, their place is kept."""

import asyncio
from dataclasses import replace

from ivr.model import events
from ivr.model.agents import AgentState
from ivr.model.errors import CallerGoneError
from ivr.model.site import Queue, Site
from ivr.nodes.dial import dial_target
from ivr.ports import DialTarget, Line, Memo, QueueRequest
from ivr.service.desk import Desk
from ivr.service.handovers import (
    PARK,
    Handover,
    Parting,
    Target,
    ToAgent,
    ToBoth,
    ToConsulted,
    ToPhone,
    ToQueue,
    ToSlot,
)
from ivr.service.parking import PARK_LIMIT_S
from ivr.service.places import Match, Stay
from ivr.service.remembering import Remembering
from ivr.service.talking import Talking

RING_TIMEOUT_S = 20.0
BUSY = (AgentState.RESERVED, AgentState.RINGING, AgentState.ON_CALL)
"""Somebody else has this agent, who is there."""


def target_of(site: Site, dialled: str) -> Target | None:
    """Whom an agent reaches by this: an agent, a queue, a telephone, an allowed number; or nobody.

    What could be another number, too, cannot be dialled: the site file's check forbids it.
    """
    for name, agent in site.agents.items():
        if agent.extension == dialled:
            return ToAgent(name)
    for name, queue in site.queues.items():
        if dialled and queue.extension == dialled:
            return ToQueue(name)
    phone = dial_target(site, dialled)
    return None if phone is None else ToPhone(phone)


def waits_for(desk: Desk, agent: str, queue: Queue) -> bool:
    """Whether a caller from this queue who is sent to this agent has to wait for them, and may."""
    state = desk.dispatcher.engine.agent(agent).state
    return state in BUSY and queue.transfer_patience_s > 0


def sent_to(request: QueueRequest, queue: str) -> QueueRequest:
    """The same wish, to another queue: what the caller needs and how urgent it is stays."""
    return replace(
        request, queue=queue, prompt=(), away_keys="", wait_s_max=None, leave_if_empty=False
    )


class Onward:
    """One caller's way from agent to agent. `resumed` is what a former server left of it."""

    def __init__(
        self,
        desk: Desk,
        line: Line,
        talking: Talking,
        remembering: Remembering,
        resumed: Memo | None,
    ) -> None:
        self._desk = desk
        self._line = line
        self._talking = talking
        self._remembering = remembering
        self._resumed = resumed

    def resumed(self) -> tuple[Handover, float | None] | None:
        """What was ordered in a former session, and since when (None: not begun)."""
        memo, self._resumed = self._resumed, None
        if memo is None or memo.state != "transferring":
            return None
        is_parked = memo.to.startswith(PARK)
        target = (
            ToSlot(memo.to.removeprefix(PARK)) if is_parked else target_of(self._desk.site, memo.to)
        )
        if target is None:
            return None
        return Handover(memo.agent, target, memo.to), memo.joined_at or None

    async def after(
        self, parting: Parting | Handover, stay: Stay, since: float | None = None
    ) -> Stay | None:
        """The line to stand in now; None when the caller has been served.

        `since` is set when a former server began with this.
        """
        while isinstance(parting, Handover):
            began = self._desk.clock.now() if since is None else since
            if since is None:
                self._record(parting, stay)
            since = None
            match parting.target:
                case ToQueue(queue):
                    return self._moved(stay, queue)
                case ToAgent(agent) if waits_for(self._desk, agent, stay.queue):
                    return self._waiting_for(stay, agent)
            parting = await self._carry_out(parting, stay, began)
        return None if parting is Parting.OVER else self._moved(stay, stay.request.queue)

    async def _carry_out(self, handover: Handover, stay: Stay, since: float) -> Parting | Handover:
        match handover.target:
            case ToAgent(agent):
                await self._remembering.handed_on(handover, stay, since)
                return await self._to_agent(agent, stay)
            case ToConsulted(leg=leg, agent="", dialled=dialled):
                return await self._to_consulted_phone(leg, dialled)
            case ToConsulted(leg=leg, agent=agent, talk=talk):
                return await self._talking.talk(Match(agent, leg, stay.request.queue), stay, talk)
            case ToPhone(target):
                return await self._to_phone(target, handover.dialled)
            case ToSlot(slot):
                return await self._parked(handover, slot, stay, since)
            case ToQueue() | ToBoth():
                raise ValueError("a queue is stood in, not rung; who is brought in is here")

    def _moved(self, stay: Stay, queue: str) -> Stay:
        """In line there, with the time of entry the caller has already."""
        now = self._desk.clock.now()
        return Stay(
            stay.request if queue == stay.request.queue else sent_to(stay.request, queue),
            self._desk.site.queues[queue],
            stay.entered_at,
            now,
            kept="transfer",
            has_place=queue == stay.request.queue,
            greeted=True,
            told_until=now,
        )

    def _waiting_for(self, stay: Stay, agent: str) -> Stay:
        """In the line they come from, for this agent alone at first, who is busy."""
        moved = self._moved(stay, stay.request.queue)
        moved.request, moved.wanted = replace(moved.request, leave_if_empty=False), agent
        return moved

    async def _to_agent(self, agent: str, stay: Stay) -> Parting | Handover:
        dispatcher, call = self._desk.dispatcher, self._line.id
        if not dispatcher.take(call, agent, stay.request.queue):
            return Parting.NOT_JOINED
        leg = None
        try:
            await self._line.start_music(stay.queue.music)
            target = DialTarget(extension=self._desk.site.agents[agent].extension)
            leg = await self._ring(target, stay.queue.title)
        finally:
            if leg is None:
                dispatcher.conversation_over(call, wrap_up=False)
        if leg is None:
            return Parting.NOT_JOINED
        return await self._talking.talk(Match(agent, leg, stay.request.queue), stay)

    async def _ring(self, target: DialTarget, title: str) -> str | None:
        """Ring while the caller hears music, until an answer, a limit, or the caller's end."""
        outgoing, line = self._desk.dispatcher.outgoing, self._line
        ringing = asyncio.create_task(
            outgoing.ring(target, caller=line.caller, title=title, timeout_s=RING_TIMEOUT_S),
            name=f"ring for {line.id}",
        )
        if not await self._first(ringing):
            raise CallerGoneError
        return ringing.result()

    async def _first(self, awaited: "asyncio.Future[object] | asyncio.Task[str | None]") -> bool:
        """Whether it came before the caller's end; it is cancelled otherwise."""
        gone = asyncio.create_task(self._line.wait_gone(), name=f"gone {self._line.id}")
        try:
            await asyncio.wait({gone, awaited}, return_when=asyncio.FIRST_COMPLETED)
            return awaited.done()
        finally:
            gone.cancel()
            if not awaited.done():
                awaited.cancel()
            await asyncio.wait({gone, awaited})

    async def _to_phone(self, target: DialTarget, dialled: str) -> Parting:
        """Whether the number answered or not is known only once that is over."""
        started_at = self._desk.clock.now()
        await self._remembering.talking_elsewhere()
        result = await self._line.dial(target, ring_timeout_s=RING_TIMEOUT_S)
        self._dialled(dialled, result.outcome, started_at)
        return Parting.OVER if result.outcome == "answered" else Parting.NOT_JOINED

    async def _to_consulted_phone(self, leg: str, dialled: str) -> Parting:
        started_at = self._desk.clock.now()
        try:
            await self._remembering.talking_elsewhere()
            await self._line.join(leg)
        except CallerGoneError:
            self._dialled(dialled, "answered", started_at)
            await self._desk.dispatcher.drop_leg(leg)
            raise
        joined = await self._line.joined()
        self._dialled(dialled, "answered" if joined else "unreachable", started_at)
        return Parting.OVER if joined else Parting.NOT_JOINED

    async def _parked(
        self, handover: Handover, number: str, stay: Stay, since: float
    ) -> Parting | Handover:
        parking, clock = self._desk.parking, self._desk.clock
        slot = parking.put(number, self._line.id)
        agent, result = "", "hangup"
        try:
            kept = replace(handover, dialled=PARK + slot.number)
            await self._remembering.handed_on(kept, stay, since)
            await self._line.start_music(stay.queue.music)
            asked = asyncio.create_task(_within(slot.asked, since + PARK_LIMIT_S - clock.now()))
            if not await self._first(asked):
                raise CallerGoneError
            agent = asked.result() or ""
            result = "retrieved" if agent else "returned"
        finally:
            parking.free(slot)
            self._desk.recorder.record(
                events.Unparked(
                    at=clock.now(),
                    call=self._line.id,
                    slot=slot.number,
                    result=result,
                    by=agent,
                    seconds=clock.now() - since,
                )
            )
        return await self._to_agent(agent, stay) if agent else Parting.NOT_JOINED

    def _record(self, handover: Handover, stay: Stay) -> None:
        now, queue = self._desk.clock.now(), stay.request.queue
        if isinstance(handover.target, ToSlot):
            parked = events.Parked(
                at=now,
                call=self._line.id,
                agent=handover.agent,
                queue=queue,
                slot=handover.target.slot,
            )
            self._desk.recorder.record(parked)
            return
        kind, to = _described(handover)
        self._desk.recorder.record(
            events.Transferred(
                at=now,
                call=self._line.id,
                agent=handover.agent,
                queue=queue,
                kind=_kind(handover.target),
                target=kind,
                to=to,
            )
        )

    def _dialled(self, dialled: str, outcome: str, started_at: float) -> None:
        now = self._desk.clock.now()
        self._desk.recorder.record(
            events.Dialled(
                at=now,
                call=self._line.id,
                target=dialled,
                outcome=outcome,
                seconds=now - started_at,
            )
        )


def _kind(target: Target) -> str:
    """As in Transferred."""
    match target:
        case ToConsulted(met=met):
            return "conference" if met else "attended"
        case _:
            return "blind"


def _described(handover: Handover) -> tuple[str, str]:
    """What kind of target, and which one, as in Transferred."""
    match handover.target:
        case ToAgent(agent) | ToConsulted(agent=agent) if agent:
            return "agent", agent
        case ToQueue(queue):
            return "queue", queue
        case _:
            return "number", handover.dialled


async def _within(asked: asyncio.Future[str], seconds: float) -> str | None:
    """Who asks within this time."""
    done, _ = await asyncio.wait({asked}, timeout=max(0.0, seconds))
    return asked.result() if done else None
