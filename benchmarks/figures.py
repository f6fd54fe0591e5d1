"""From measured values to a table for people and a list for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path

OF_PEER = " x the peer's"


@dataclass(frozen=True)
class Series:
    """One line of the table, times in seconds."""

    title: str
    values_s: Sequence[float]
    note: str = ""

    def quantile_s(self, share: float) -> float:
        """The smallest value that at least that share of all values does not exceed."""
        if not self.values_s:
            raise ValueError(f"nothing was measured for {self.title!r}")
        return sorted(self.values_s)[max(0, ceil(share * len(self.values_s)) - 1)]

    @property
    def p50_ms(self) -> float:
        return 1000 * self.quantile_s(0.5)

    @property
    def p99_ms(self) -> float:
        return 1000 * self.quantile_s(0.99)

    @property
    def max_ms(self) -> float:
        return 1000 * self.quantile_s(1.0)


@dataclass(frozen=True)
class Figure:
    """One entry of the list; `ratio` is `peer` divided by `value`, both in `unit`."""

    name: str
    value: float
    unit: str
    peer: float | None
    ratio: float | None
    goal: str | None
    met: bool | None


def below(name: str, value_ms: float, goal_ms: float) -> Figure:
    goal = f"< {goal_ms:g} ms"
    return Figure(name, round(value_ms, 3), "ms", None, None, goal, value_ms < goal_ms)


def limit(name: str, value: float, unit: str, goal: float) -> Figure:
    """A value that has to stay below a goal."""
    return Figure(name, round(value, 3), unit, None, None, f"< {goal:g} {unit}", value < goal)


def times_better(name: str, value_ms: float, peer_ms: float, goal_ratio: float) -> Figure:
    ratio = peer_ms / value_ms
    goal = f">= {goal_ratio:g} x"
    return Figure(
        name,
        round(value_ms, 3),
        "ms",
        round(peer_ms, 3),
        round(ratio, 1),
        goal,
        ratio >= goal_ratio,
    )


def compared(name: str, value: float, unit: str, peer: float, *, more: bool) -> Figure:
    """Goal: no worse than the peer; `more` is better, or less. No ratio when ours is 0."""
    ratio = round(peer / value, 2) if value else None
    met = value >= peer if more else value <= peer
    goal = f"{'>=' if more else '<='} peer"
    return Figure(name, round(value, 3), unit, round(peer, 3), ratio, goal, met)


def ratio_within(
    name: str,
    value: float,
    unit: str,
    peer: float,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Figure:
    """Ours as a multiple of the peer's, which has to stay within the one bound given.

    The figure's `ratio` is, as everywhere, `peer` divided by `value`.
    """
    share = value / peer if peer else float("inf")
    met = share <= at_most if at_most is not None else share >= (at_least or 0.0)
    bound = f"<= {at_most:g}" if at_most is not None else f">= {at_least:g}"
    ratio = round(peer / value, 3) if value else None
    return Figure(name, round(value, 3), unit, round(peer, 3), ratio, bound + OF_PEER, met)


def plain(name: str, value_ms: float) -> Figure:
    """A value nobody set a goal for."""
    return Figure(name, round(value_ms, 3), "ms", None, None, None, None)


def measured(name: str, value: float, unit: str) -> Figure:
    """As `plain`, in another unit."""
    return Figure(name, round(value, 3), unit, None, None, None, None)


def table(series: Sequence[Series], against: Series) -> str:
    """Markdown; the last column but one compares medians with that of `against`."""
    lines = [
        "| | n | median ms | p99 ms | max ms | median, times ivr | |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for each in series:
        cells = [
            each.title,
            str(len(each.values_s)),
            f"{each.p50_ms:.1f}",
            f"{each.p99_ms:.1f}",
            f"{each.max_ms:.1f}",
            f"{each.p50_ms / against.p50_ms:.3g}",
            each.note,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def goals(figures: Sequence[Figure]) -> str:
    """One line per figure that has a goal."""
    lines = []
    for figure in figures:
        if figure.goal is None:
            continue
        reached = f"{figure.value:g} {figure.unit}" if figure.ratio is None else _beside(figure)
        lines.append(
            f"{'met   ' if figure.met else 'MISSED'} {figure.name}: {reached}, goal {figure.goal}"
        )
    return "\n".join(lines)


def _beside(figure: Figure) -> str:
    if figure.goal is not None and figure.goal.endswith(OF_PEER) and figure.peer:
        return f"{figure.value / figure.peer:.3g} x the peer's"
    return f"{figure.ratio:g} x"


def write_json(file: Path, figures: Sequence[Figure]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", "utf-8")
