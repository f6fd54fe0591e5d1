"""What a scripted caller does, step by step."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Press:
    """Types these keys in one go; before the next step comes a pause that ends any input."""

    keys: str


@dataclass(frozen=True)
class Listen:
    """Listens to one prompt, to its end, whatever keys could stop it."""


@dataclass(frozen=True)
class Wait:
    """Listens to the end and lets one time-out, or all the wait in line, pass without a key."""


@dataclass(frozen=True)
class HangUp:
    """Hangs up while the next prompt plays, or at whatever else comes next."""


Step = Press | Listen | Wait | HangUp


class Script:
    """Hands out a caller's steps key by key; after the last one the caller stays silent."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = list(steps)
        self._typed = 0
        """Keys already taken out of the Press at the head."""

    @property
    def left(self) -> tuple[Step, ...]:
        """Steps not yet done."""
        return tuple(self._steps)

    def hangs_up(self) -> bool:
        return bool(self._steps) and isinstance(self._steps[0], HangUp)

    def peek(self) -> str:
        """The key pressed next, or `""` when the caller does something else."""
        step = self._steps[0] if self._steps else None
        return step.keys[self._typed] if isinstance(step, Press) else ""

    def listens(self) -> bool:
        """Whether the caller hears this prompt out; a Listen at the head was meant for it."""
        listens = bool(self._steps) and isinstance(self._steps[0], Listen)
        if listens:
            self.skip()
        return listens

    def take(self) -> tuple[str, bool]:
        """Presses the next key: (the key, whether a pause follows)."""
        key, step = self.peek(), self._steps[0]
        assert isinstance(step, Press)
        self._typed += 1
        if self._typed < len(step.keys):
            return key, False
        self.skip()
        return key, True

    def leave_press(self) -> None:
        """Done with a Press of which some keys were taken: the others mean nothing."""
        if self._typed:
            self.skip()

    def skip(self) -> None:
        """Done with the step at the head, if there is one."""
        self._steps = self._steps[1:]
        self._typed = 0

    def lets_time_pass(self) -> bool:
        """A time-out went by; tells whether a Wait stood at the head, which was meant for it."""
        waits = bool(self._steps) and isinstance(self._steps[0], Wait)
        if waits:
            self.skip()
        return waits
