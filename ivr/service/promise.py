"""What one caller was told about the wait to come, and what came of it."""

from dataclasses import dataclass
from math import inf

from ivr.spoken.wording import Minutes


@dataclass
class Promise:
    """Never grows: who was told a wait is not told a longer one later."""

    high_min: float = inf
    """Upper bound last announced."""
    low_min: int = 0
    first_at: float = 0.0
    first_s: float = 0.0
    """Middle of the first range announced."""
    open: bool = False
    """Something was announced, and the caller has not been answered since."""

    def bounded(self, minutes: Minutes) -> Minutes | None:
        """What of this range may be told now; None when the wait has become longer."""
        if minutes.high > self.high_min:
            return None
        low = minutes.low if self.high_min == inf else min(minutes.low, self.low_min)
        return Minutes(low, minutes.high)

    def made(self, minutes: Minutes, now: float) -> None:
        """This was announced."""
        if not self.open:
            self.open, self.first_at, self.first_s = True, now, minutes.middle_s
        self.high_min, self.low_min = minutes.high, minutes.low

    def settle(self) -> None:
        """The caller has been answered; a later wait begins its own account."""
        self.open = False
