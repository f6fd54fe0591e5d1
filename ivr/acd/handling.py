"""What experience tells: how long calls take an agent, and how far estimates were off, per queue.

Fed by what happens in the core, so a simulation learns just as the live server does.
"""

from dataclasses import dataclass

SEEN_MIN = 5
"""Handle times of a queue without which nothing is said about it."""
RECENT = 40
"""About how many of the latest calls count."""
CORRECTION_MIN, CORRECTION_MAX = 0.25, 4.0
CALM_S = 10.0
"""Added to announced and actual waits before they are compared: short ones are mostly chance."""
PROMISES_MAX = 20_000


@dataclass
class Handled:
    """Exponentially weighted mean and variance of handle times, in seconds."""

    seen: int = 0
    mean_s: float = 0.0
    variance: float = 0.0

    def add(self, seconds: float) -> None:
        self.seen += 1
        share = 1.0 / min(self.seen, RECENT)
        off = seconds - self.mean_s
        self.mean_s += share * off
        self.variance = (1.0 - share) * (self.variance + share * off * off)

    @property
    def shape(self) -> float:
        """Of a gamma distribution with this mean and variance; kept within what is plausible."""
        if self.variance <= 0:
            return 4.0
        return min(4.0, max(0.4, self.mean_s**2 / self.variance))


@dataclass
class Account:
    """Exponentially weighted sums of what was expected and of what came of it, in seconds."""

    expected_s: float = 0.0
    actual_s: float = 0.0

    def add(self, expected_s: float, actual_s: float) -> None:
        keep = 1.0 - 1.0 / RECENT
        self.expected_s = keep * self.expected_s + expected_s + CALM_S
        self.actual_s = keep * self.actual_s + actual_s + CALM_S

    @property
    def correction(self) -> float:
        """By what to multiply what the arithmetic expects; begins at 1, reluctantly."""
        prior = SEEN_MIN * CALM_S
        ratio = (self.actual_s + prior) / (self.expected_s + prior)
        return min(CORRECTION_MAX, max(CORRECTION_MIN, ratio))


class Handling:
    """Handle time is talk (with hold) plus wrap-up; times are epoch seconds."""

    def __init__(self) -> None:
        self._handled: dict[str, Handled] = {}
        self._accounts: dict[str, Account] = {}
        self._expected: dict[str, tuple[str, float, float]] = {}
        """Waiting call -> queue, when its wait was first estimated, and how long it seemed."""

    def learn(self, queue: str, seconds: float) -> None:
        """A call of this queue took an agent that long."""
        self._handled.setdefault(queue, Handled()).add(seconds)

    def of(self, queue: str) -> Handled | None:
        """None while too little was seen."""
        handled = self._handled.get(queue)
        return handled if handled is not None and handled.seen >= SEEN_MIN else None

    def correction(self, queue: str) -> float:
        account = self._accounts.get(queue)
        return 1.0 if account is None else account.correction

    def expect(self, call: str, queue: str, now: float, expected_s: float) -> None:
        """This was estimated, before correction; only a call's first estimate is held to it."""
        if call not in self._expected:
            self._expected[call] = (queue, now, expected_s)
            if len(self._expected) > PROMISES_MAX:
                del self._expected[next(iter(self._expected))]

    def left(self, call: str, now: float, *, answered: bool) -> None:
        """The wait is over: an answer teaches how good its estimate was."""
        expected = self._expected.pop(call, None)
        if expected is not None and answered:
            queue, at, expected_s = expected
            self._accounts.setdefault(queue, Account()).add(expected_s, now - at)
