"""When new callers are turned away: before those in the house have to suffer.

Pure: what was measured comes in, what follows from it goes out; time is an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Measure = Literal["descriptors", "lag", "sessions"]
"""What is measured of the server itself: open files and connections, the event loop, AGI."""
Reason = Literal["calls", "descriptors", "lag", "sessions"]
"""Why a caller is turned away: `calls` is the site's own limit."""
REASONS: tuple[Reason, ...] = ("calls", "descriptors", "lag", "sessions")


@dataclass(frozen=True)
class Band:
    """Two edges, so that nobody is turned away and the next one taken at every breath."""

    high: float
    """From here on new callers are turned away ..."""
    low: float
    """... until the measure is below this."""
    lasting_s: float = 0.0
    """Each only after it has lasted so long."""


BANDS: Mapping[Measure, Band] = {
    "lag": Band(0.25, 0.1, lasting_s=5.0),  # seconds that a timer is late
    "descriptors": Band(0.9, 0.8),  # share of the process's limit
    "sessions": Band(0.9, 0.8),  # share of the FastAGI sessions there may be
}


@dataclass(frozen=True)
class Gate:
    """What follows from one measure."""

    shut: bool = False
    since: float | None = None
    """Since when the measure has been beyond the edge at which this changes."""


Gates = Mapping[Measure, Gate]
OPEN: Gates = {measure: Gate() for measure in BANDS}


def moved(gate: Gate, value: float, band: Band, now: float) -> Gate:
    """The gate after one more look at its measure."""
    beyond = value < band.low if gate.shut else value >= band.high
    if not beyond:
        return Gate(gate.shut)
    since = now if gate.since is None else gate.since
    return Gate(not gate.shut) if now - since >= band.lasting_s else Gate(gate.shut, since)


def looked(gates: Gates, load: Mapping[Measure, float], now: float) -> Gates:
    """All gates after a look at these measures; the others stay as they are."""
    after = {name: moved(gates[name], load[name], BANDS[name], now) for name in load}
    return {**gates, **after}


def reasons(gates: Gates, calls: int, calls_max: int | None) -> tuple[Reason, ...]:
    """Why whoever calls now is turned away; empty: they are taken.

    The limit of calls is exact and has no second edge: who leaves makes room for the next one.
    """
    full: tuple[Reason, ...] = ("calls",) if calls_max is not None and calls >= calls_max else ()
    return (*full, *(name for name, gate in gates.items() if gate.shut))


def nearness(load: Mapping[Measure, float], calls: int, calls_max: int | None) -> dict[str, float]:
    """Reason -> how much of what is allowed is used: at 1 callers are turned away."""
    used = {"calls": calls / calls_max} if calls_max else {}
    for name, value in load.items():
        used[name] = value / BANDS[name].high
    return used
