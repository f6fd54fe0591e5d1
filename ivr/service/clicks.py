"""Calling by a click: the agent's own phone rings, and who picks up is connected to the number.

Numbers are those that flows may dial, too: the site's extensions and its allow-list.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from ivr.acd.errors import RoutingError
from ivr.model import events
from ivr.model.agents import AgentState
from ivr.model.errors import CallerGoneError
from ivr.model.ids import AgentId
from ivr.nodes.dial import dial_target
from ivr.ports import ClickLegs, DialTarget, Line, Spoken
from ivr.service.desk import Desk
from ivr.service.rung_phones import RING_S, RingRefusedError, RungPhones
from ivr.service.telling import told

PER_HOUR_MAX = 60
"""Calls of one agent: nobody dials more by hand."""
HOUR_S = 3600.0
NOBODY_ANSWERED = Spoken("Nobody answered.")
CLICK_PROMPTS = (NOBODY_ANSWERED,)
WITH_A_CALLER = (AgentState.RESERVED, AgentState.RINGING, AgentState.ON_CALL)

REASONS = {
    "no_agent": "there is no such agent",
    "not_allowed": "this number may not be dialled: it is no extension, and `outbound: allow` in "
    "the site does not name it",
    "busy": "this agent's phone is in a call, or rings",
    "no_phone": "this agent's phone cannot be reached",
    "too_many": f"this agent has called {PER_HOUR_MAX} numbers within an hour",
}


class ClickRefusedError(RingRefusedError):
    """`reason` is one of `REASONS`."""

    reasons = REASONS


@dataclass(frozen=True)
class Click:
    """Who is to be connected to what."""

    agent: AgentId
    number: str
    target: DialTarget


class Clicks:
    """Owns each call from the click until the agent has picked up, or will not."""

    def __init__(self, desk: Desk, legs: ClickLegs, new_channel: Callable[[], str]) -> None:
        self._desk = desk
        self._legs = legs
        self._new_channel = new_channel
        self._rung = RungPhones[Click](desk.tasks, self._not_taken)
        self._begun: defaultdict[str, deque[float]] = defaultdict(
            lambda: deque(maxlen=PER_HOUR_MAX)
        )
        """By agent of the site: when the latest were."""

    async def begin(self, agent: AgentId, number: str, by: str) -> None:
        """Ring the agent. ClickRefusedError, which is on record; TelephonyError when it cannot be
        ordered."""
        now = self._desk.clock.now()
        target = dial_target(self._desk.site, number)
        refusal = self._refusal(agent, target, now)
        if refusal is not None or target is None:
            reason = refusal or "not_allowed"
            self._desk.recorder.record(
                events.OutboundRefused(at=now, agent=agent, number=number, reason=reason, by=by)
            )
            raise ClickRefusedError(reason)
        self._begun[agent].append(now)
        channel = self._new_channel()
        self._desk.recorder.record(
            events.OutboundStarted(at=now, agent=agent, number=number, by=by)
        )
        extension = self._desk.site.agents[agent].extension
        order = self._legs.call_agent(channel, extension, number=number, timeout_s=RING_S)
        await self._rung.ring(channel, Click(agent, number, target), order)

    def _refusal(self, agent: AgentId, target: DialTarget | None, now: float) -> str | None:
        """Why not now; whether they may at all, was asked before."""
        if agent not in self._desk.site.agents:
            return "no_agent"
        if target is None:
            return "not_allowed"
        try:
            view = self._desk.dispatcher.engine.agent(agent)
        except RoutingError:
            return "no_agent"
        if not view.reachable:
            return "no_phone"
        if view.busy or view.state in WITH_A_CALLER or self._is_rung(agent):
            return "busy"
        begun = self._begun[agent]
        if len(begun) == PER_HOUR_MAX and now - begun[0] < HOUR_S:
            return "too_many"
        return None

    def _is_rung(self, agent: AgentId) -> bool:
        return any(click.agent == agent for click in self._rung.wishes.values())

    async def serve(self, line: Line) -> None:
        """The agent has picked up; a channel nobody was rung on is connected to nobody."""
        click = self._rung.picked_up(line.channel)
        if click is None:
            await line.hangup()
            return
        began = self._desk.clock.now()
        outcome, seconds = "left", 0.0
        try:
            result = await line.dial(click.target, ring_timeout_s=RING_S)
            outcome, seconds = result.outcome, result.talk_s
            if outcome != "answered":
                await line.play([told(self._desk.site, NOBODY_ANSWERED, click.agent)])
            await line.hangup()
        except CallerGoneError:
            pass  # hanging up is how most calls end
        finally:
            if outcome == "left":
                seconds = self._desk.clock.now() - began
            self._ended(click, outcome, seconds)

    def channel_gone(self, channel: str) -> None:
        """Reported for every channel."""
        self._rung.gone(channel)

    def _not_taken(self, click: Click) -> None:
        self._ended(click, "not_taken", 0.0)

    def _ended(self, click: Click, outcome: str, seconds: float) -> None:
        self._desk.recorder.record(
            events.OutboundEnded(
                at=self._desk.clock.now(),
                agent=click.agent,
                number=click.number,
                outcome=outcome,
                seconds=seconds,
            )
        )
