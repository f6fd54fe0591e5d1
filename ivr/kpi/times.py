"""Figures out of seconds: how long callers wait, what a call takes, how busy agents are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Seconds:
    """How one agent, or several together, spent a period."""

    available: float = 0.0
    ringing: float = 0.0
    """Reserved included: the agent can do nothing else."""
    talk: float = 0.0
    hold: float = 0.0
    wrap_up: float = 0.0
    paused: float = 0.0

    @property
    def busy(self) -> float:
        return self.ringing + self.talk + self.hold + self.wrap_up

    @property
    def logged_in(self) -> float:
        return self.busy + self.available + self.paused


def asa(answered: int, wait_s: float) -> float | None:
    """Average speed of answer, in seconds: the sum of waits of those answered / answered."""
    return wait_s / answered if answered else None


def aht(answered: int, seconds: Seconds) -> float | None:
    """Average handle time, in seconds: (talk + hold + wrap-up) / answered.

    Customers reached by a call-back count as answered here: agents talked to them. Who is still
    talked to does not count yet.
    """
    return (seconds.talk + seconds.hold + seconds.wrap_up) / answered if answered else None


def occupancy(seconds: Seconds) -> float | None:
    """Share of the time in which an agent could have been offered a call, or had one.

    (ringing + talk + hold + wrap-up) / (those + available); pauses are left out.
    """
    reachable = seconds.busy + seconds.available
    return seconds.busy / reachable if reachable else None


def utilisation(seconds: Seconds) -> float | None:
    """(ringing + talk + hold + wrap-up) / all the time logged in, pauses included."""
    return seconds.busy / seconds.logged_in if seconds.logged_in else None
