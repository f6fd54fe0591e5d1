"""The formulas simulation is held against: one skill, Poisson calls, exponential times.

Erlang C: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance
in automatic telephone exchanges" (1917); written by way of Erlang B's recursion.
Erlang A: C. Palm (1957); as in A. Mandelbaum and S. Zeltyn, "Service engineering in action: the
Palm/Erlang-A queue, with applications to call centers" (2007): a birth-death process whose death
rate, with j calls, is min(j, agents) / talk + max(0, j - agents) / patience.
The wait somebody endlessly patient would have has the density of F. Baccelli and G. Hebuterne,
"On queues with impatient customers" (1981).
"""

from dataclasses import dataclass
from math import exp, fsum

TAIL = 1e-14
"""Probability at which the line is taken to be no longer."""
INTEGRATION_STEPS = 2000


@dataclass(frozen=True)
class Load:
    """A queue in its steady state."""

    calls_per_s: float
    talk_s: float
    agents: int
    patience_s: float = float("inf")
    """Mean; infinite: nobody hangs up."""

    @property
    def erlangs(self) -> float:
        return self.calls_per_s * self.talk_s


@dataclass(frozen=True)
class Theory:
    """What the formulas say."""

    waiting: float
    """Share of calls that find every agent busy."""
    wait_s: float
    """Mean wait of all calls, answered or not."""
    abandoned: float
    """Share of calls."""
    in_time: float
    """Share of calls answered within the threshold: service level `offered`."""
    occupancy: float


def erlang_b(erlangs: float, agents: int) -> float:
    """Share of calls refused when nobody can wait."""
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = erlangs * blocked / (count + erlangs * blocked)
    return blocked


def erlang_c(load: Load, threshold_s: float) -> Theory:
    """Everybody waits until answered. ValueError when the agents cannot cope."""
    if load.erlangs >= load.agents:
        raise ValueError(f"{load.agents} agents never cope with {load.erlangs} erlangs")
    blocked = erlang_b(load.erlangs, load.agents)
    occupancy = load.erlangs / load.agents
    waiting = blocked / (1.0 - occupancy * (1.0 - blocked))
    drain_per_s = (load.agents - load.erlangs) / load.talk_s
    return Theory(
        waiting=waiting,
        wait_s=waiting / drain_per_s,
        abandoned=0.0,
        in_time=1.0 - waiting * exp(-drain_per_s * threshold_s),
        occupancy=occupancy,
    )


def erlang_a(load: Load, threshold_s: float) -> Theory:
    """Callers hang up after an exponential time; there is a steady state under any load."""
    states = _steady_state(load)
    queue = fsum(p * (j - load.agents) for j, p in enumerate(states) if j > load.agents)
    busy = fsum(p * min(j, load.agents) for j, p in enumerate(states))
    waiting = fsum(states[load.agents :])
    return Theory(
        waiting=waiting,
        wait_s=queue / load.calls_per_s,
        abandoned=queue / load.patience_s / load.calls_per_s,
        in_time=1.0 - waiting + _answered_after_wait(load, threshold_s, states[load.agents - 1]),
        occupancy=busy / load.agents,
    )


def _steady_state(load: Load) -> list[float]:
    """Probability of each number of calls. Weights begin at the likeliest, so none overflows."""
    weights, level = [1.0], 1.0
    while level > TAIL * max(weights) or len(weights) <= load.erlangs + load.agents:
        calls = len(weights)
        death = min(calls, load.agents) / load.talk_s
        death += max(0, calls - load.agents) / load.patience_s
        level *= load.calls_per_s / death
        weights.append(level)
    total = fsum(weights)
    return [weight / total for weight in weights]


def _answered_after_wait(load: Load, threshold_s: float, last_free: float) -> float:
    """Share of calls that wait and are answered within the threshold.

    The endless patient's wait has the density calls * p(agents - 1) * exp(calls * patience *
    (1 - exp(-x / patience)) - agents * x / talk); who still waits at x has not hung up: another
    factor exp(-x / patience). Simpson's rule.
    """

    def density(x: float) -> float:
        came = load.calls_per_s * load.patience_s * (1.0 - exp(-x / load.patience_s))
        return exp(came - load.agents * x / load.talk_s - x / load.patience_s)

    width = threshold_s / INTEGRATION_STEPS
    inner = fsum(
        density(step * width) * (4 if step % 2 else 2) for step in range(1, INTEGRATION_STEPS)
    )
    area = (density(0.0) + inner + density(threshold_s)) * width / 3
    return load.calls_per_s * last_free * area
