"""The routing core as gauges and consoles see it: the LiveState port."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ivr.acd.engine import Engine
from ivr.model.agents import AgentState
from ivr.ports import Clock, QueueNow


class CoreState:
    """Reads the core; `calls_active` counts sessions, `callbacks` who is to be called, by queue;
    `closures` holds None where none is in force; `messages` counts new and heard ones."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        calls_active: Callable[[], int],
        callbacks: Callable[[], Mapping[str, int]],
        closures: Callable[[], Mapping[str, object]],
        messages: Callable[[], Mapping[str, tuple[int, int]]],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._calls_active = calls_active
        self._callbacks = callbacks
        self._closures = closures
        self._messages = messages

    def queues(self) -> Sequence[QueueNow]:
        now = self._clock.now()
        last = {call.queue: call.call for call in self._engine.calls()}
        return [
            QueueNow(
                queue=view.queue,
                callers=view.callers,
                longest_wait_s=(
                    0.0 if view.oldest_entered_at is None else now - view.oldest_entered_at
                ),
                agents=view.agents,
                estimate_s=self._estimate_s(last[view.queue], now) if view.callers else None,
            )
            for view in self._engine.queues()
        ]

    def _estimate_s(self, call: str, now: float) -> float | None:
        found = self._engine.estimate(call, now, promise=False)
        return None if found is None else (found.low_s + found.high_s) / 2

    def agents(self) -> Mapping[AgentState, int]:
        return Counter(view.state for view in self._engine.agents())

    def callbacks(self) -> Mapping[str, int]:
        return self._callbacks()

    def closures(self) -> Mapping[str, bool]:
        return {name: closed is not None for name, closed in self._closures().items()}

    def messages(self) -> Mapping[str, tuple[int, int]]:
        return self._messages()

    def calls_active(self) -> int:
        return self._calls_active()
