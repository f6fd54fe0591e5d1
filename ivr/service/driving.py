"""Drives the routing core: feeds it what happens, has its orders carried out, keeps its timer."""

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Any

import structlog

from ivr.acd.engine import Engine
from ivr.acd.errors import RoutingError
from ivr.acd.messages import (
    AgentMoved,
    Command,
    Connect,
    Input,
    Left,
    Ring,
    Tick,
    Undisposed,
)
from ivr.ports import Clock, Recorder
from ivr.service import decisions

log = structlog.get_logger(__name__)

AFTER_FAULT_S = 0.1
"""After a fault in the core it is woken so soon: what it had decided by then is carried out, and a
fault that comes again and again does not keep the house busy."""

AWAITED = (Ring, Connect, Left)
"""What a caller in line waits for: without it, they would wait for ever."""


class Driving:
    """The only entrance to the core. Later layers say how each kind of order is carried out.

    One bad message stops nothing: a fault is logged and counted, the rest of what was decided is
    carried out, the timer is armed, and the call it hit is let go.
    """

    def __init__(
        self,
        engine: Engine,
        recorder: Recorder,
        clock: Clock,
        on_decision: Callable[[float], None],
        on_error: Callable[[str], None],
    ) -> None:
        """`on_error` is told `core`, `order`, `entry` or `report`: where something went wrong."""
        self.engine = engine
        self._recorder = recorder
        self._clock = clock
        self._on_decision = on_decision
        self._on_error = on_error
        self._timer: asyncio.TimerHandle | None = None
        self._hands: dict[type[Command], Callable[[Any], None]] = {
            AgentMoved: self._agent_moved,
            Undisposed: self._undisposed,
        }
        """Every kind of order, and who carries it out."""

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def feed(self, message: Input) -> None:
        """Tell the core one thing and carry out what follows from it.

        RoutingError: the core refuses this message, and nothing has changed.
        """
        began = perf_counter()
        try:
            commands = self.engine.handle(message, self._clock.now())
        except RoutingError:
            self._arm()
            raise
        except Exception:
            self._core_failed(message)
            return
        self._on_decision(perf_counter() - began)
        failed = [one for one in commands if not self._carried_out(one)]
        self._arm()
        for order in failed:
            if isinstance(order, AWAITED):
                self._let_go(order.call)

    def _core_failed(self, message: Input) -> None:
        call = self._call_of(message)
        log.exception("the routing core failed", message=type(message).__name__, call=call)
        self._on_error("core")
        self._arm(after_fault=True)
        self._let_go(call)

    def _carried_out(self, command: Command) -> bool:
        try:
            self._hands[type(command)](command)
        except Exception:
            name = type(command).__name__
            log.exception("order not carried out", order=name, call=command.call)
            self._on_error("order")
            return False
        return True

    def _call_of(self, message: Input) -> str:
        """The call that a fault on this message hits; empty when it is about none."""
        raise NotImplementedError

    def _let_go(self, call: str) -> None:
        """A fault has hit this call, if it is one: it may not wait for what will never come."""
        raise NotImplementedError

    def _arm(self, *, after_fault: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self.engine.next_deadline()
        if after_fault:
            delay_s = AFTER_FAULT_S
        elif deadline is None:
            return
        else:
            delay_s = max(0.0, deadline - self._clock.now())
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._wake)

    def _wake(self) -> None:
        try:
            self.feed(Tick())
        except RoutingError:
            # Nobody sent this, so nobody can be told: it is the core's own contradiction.
            self._core_failed(Tick())

    def _agent_moved(self, command: AgentMoved) -> None:
        self._recorder.record(decisions.agent_changed(command, self._clock.now()))

    def _undisposed(self, command: Undisposed) -> None:
        self._recorder.record(decisions.undisposed(command, self._clock.now()))
