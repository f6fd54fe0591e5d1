"""Drives the routing core: feeds it what happens, has its orders carried out, keeps its timer."""

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Any

from ivr.acd.engine import Engine
from ivr.acd.messages import AgentMoved, Command, Input, Tick
from ivr.ports import Clock, Recorder
from ivr.service import decisions


class Driving:
    """The only entrance to the core. Later layers say how each kind of order is carried out."""

    def __init__(
        self,
        engine: Engine,
        recorder: Recorder,
        clock: Clock,
        on_decision: Callable[[float], None],
    ) -> None:
        self.engine = engine
        self._recorder = recorder
        self._clock = clock
        self._on_decision = on_decision
        self._timer: asyncio.TimerHandle | None = None
        self._hands: dict[type[Command], Callable[[Any], None]] = {AgentMoved: self._agent_moved}
        """Every kind of order, and who carries it out."""

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def feed(self, message: Input) -> None:
        """Tell the core one thing and carry out what follows from it."""
        began = perf_counter()
        commands = self.engine.handle(message, self._clock.now())
        self._on_decision(perf_counter() - began)
        for command in commands:
            self._hands[type(command)](command)
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self.engine.next_deadline()
        if deadline is not None:
            delay_s = max(0.0, deadline - self._clock.now())
            self._timer = asyncio.get_running_loop().call_later(delay_s, self.feed, Tick())

    def _agent_moved(self, command: AgentMoved) -> None:
        self._recorder.record(decisions.agent_changed(command, self._clock.now()))
