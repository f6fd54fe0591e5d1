"""A recording that only notes what it was told."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.model.recording import ConsentAnswer


def _nobody(_line: str) -> None:
    """For whom nothing has to be shown."""


@dataclass
class FakeRecording:
    """Implements the Recording port; pauses also tell that nobody could listen in."""

    orders: list[str] = field(default_factory=list)
    """`start`, `stop`, `pause`, `resume`, in order; a caller who refused is not recorded."""
    answer: ConsentAnswer = ""
    show: Callable[[str], None] = _nobody
    _paused: bool = False

    async def start(self) -> None:
        if self.answer != "refused":
            self._note("start")

    async def stop(self) -> None:
        self._note("stop")

    async def consent(self, answer: ConsentAnswer) -> None:
        self.answer = answer
        self.show(f"  [consent to recording: {answer}]")

    async def pause(self) -> None:
        if not self._paused:
            self._note("pause")
        self._paused = True

    async def resume(self) -> None:
        if self._paused:
            self._note("resume")
        self._paused = False

    def _note(self, order: str) -> None:
        self.orders.append(order)
        self.show(f"  [recording: {order}]")
