"""In which row each box stands, and in which order: ways go down, with few crossings.

After Sugiyama: longest ways make the rows, long ways get a bend in every row they pass, and the
order in each row follows the neighbours' middle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 24
SPAN_MAX = 3
"""A way down past more rows than this is shown by name instead of by a line."""
LINES_INTO_MAX = 4
"""So are the further ways into a box that many lines already lead to."""

Line = tuple[str, str]
"""Box and the box a line leads to."""


@dataclass
class Layers:
    """Rows from the top; `bends` tells the places in between of each long line."""

    rows: list[list[str]]
    lines: list[Line]
    bends: dict[Line, list[str]] = field(default_factory=dict)

    @property
    def pieces(self) -> list[Line]:
        """The lines cut into pieces of one row each."""
        return [
            piece
            for line in self.lines
            for way in [[line[0], *self.bends.get(line, []), line[1]]]
            for piece in pairwise(way)
        ]


def arrange(start: str, ways: Mapping[str, Sequence[str]]) -> Layers:
    """Rows, order and the lines to draw; ways that are not among the lines are told by name."""
    down = _without_returns(start, ways)
    row_of = _rows(start, down)
    lines = _short_enough(down, row_of)
    row_of = _rows(start, {one: [b for a, b in lines if a == one] for one in ways}, row_of)
    rows: list[list[str]] = [[] for _ in range(max(row_of.values()) + 1)]
    for name in _in_order_met(start, ways):
        rows[row_of[name]].append(name)
    layers = Layers(rows, lines)
    _bend(layers, row_of)
    _uncross(layers)
    return layers


def _without_returns(start: str, ways: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The ways that close no circle, met depth first."""
    down: dict[str, list[str]] = {name: [] for name in ways}
    state: dict[str, str] = {}
    stack = [(start, iter(ways[start]))]
    state[start] = "open"
    while stack:
        name, targets = stack[-1]
        target = next(targets, None)
        if target is None:
            state[name] = "done"
            stack.pop()
        elif state.get(target) != "open":
            down[name].append(target)
            if target not in state:
                state[target] = "open"
                stack.append((target, iter(ways[target])))
    return down


def _in_order_met(start: str, ways: Mapping[str, Sequence[str]]) -> list[str]:
    met, waiting = {start: None}, [start]
    while waiting:
        for target in ways[waiting.pop(0)]:
            if target not in met:
                met[target] = None
                waiting.append(target)
    return list(met)


def _rows(
    start: str, down: Mapping[str, Sequence[str]], at_least: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Every box below all that lead to it."""
    incoming = dict.fromkeys(down, 0)
    for targets in down.values():
        for target in targets:
            incoming[target] += 1
    row_of = dict.fromkeys(down, 0)
    if at_least is not None:
        row_of.update({name: at_least[name] for name in down if not incoming[name]})
    free = [name for name, number in incoming.items() if number == 0]
    while free:
        name = free.pop()
        for target in down[name]:
            row_of[target] = max(row_of[target], row_of[name] + 1)
            incoming[target] -= 1
            if incoming[target] == 0:
                free.append(target)
    row_of[start] = 0
    return row_of


def _short_enough(down: Mapping[str, Sequence[str]], row_of: Mapping[str, int]) -> list[Line]:
    """The nearest lines into each box, as many as stay readable; each box keeps at least one."""
    into: dict[str, list[str]] = {}
    for name, targets in down.items():
        for target in targets:
            into.setdefault(target, []).append(name)
    kept = []
    for target, sources in into.items():
        nearest = sorted(sources, key=lambda one: row_of[target] - row_of[one])[:LINES_INTO_MAX]
        for place, source in enumerate(nearest):
            if place == 0 or row_of[target] - row_of[source] <= SPAN_MAX:
                kept.append((source, target))
    order = {name: place for place, name in enumerate(down)}
    return sorted(kept, key=lambda line: (order[line[0]], order[line[1]]))


def _bend(layers: Layers, row_of: Mapping[str, int]) -> None:
    for number, (source, target) in enumerate(layers.lines):
        bends = []
        for row in range(row_of[source] + 1, row_of[target]):
            bends.append(f"{number}/{row}")  # no box is called so
            layers.rows[row].append(bends[-1])
        if bends:
            layers.bends[source, target] = bends


def _uncross(layers: Layers) -> None:
    """Sorts the rows by the middle of the neighbours, down and up; keeps the best found."""
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for source, target in layers.pieces:
        below.setdefault(source, []).append(target)
        above.setdefault(target, []).append(source)
    best, fewest = [list(row) for row in layers.rows], _crossings(layers.rows, below)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        _sort_rows(layers.rows, above if downwards else below, downwards=downwards)
        crossings = _crossings(layers.rows, below)
        if crossings < fewest:
            best, fewest = [list(row) for row in layers.rows], crossings
    layers.rows[:] = best


def _sort_rows(
    rows: list[list[str]], neighbours: Mapping[str, list[str]], *, downwards: bool
) -> None:
    order = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
    for number in order:
        fixed = rows[number - 1 if downwards else number + 1]
        place = {name: position / max(1, len(fixed) - 1) for position, name in enumerate(fixed)}
        row = rows[number]
        middle = {name: position / max(1, len(row) - 1) for position, name in enumerate(row)}
        for name in row:
            known = [place[one] for one in neighbours.get(name, []) if one in place]
            middle[name] = sum(known) / len(known) if known else middle[name]
        row.sort(key=middle.__getitem__)


def _crossings(rows: list[list[str]], below: Mapping[str, list[str]]) -> int:
    found = 0
    for upper, lower in pairwise(rows):
        place = {name: position for position, name in enumerate(lower)}
        ends = [end for name in upper for end in sorted(place[one] for one in below.get(name, []))]
        found += sum(later < earlier for at, earlier in enumerate(ends) for later in ends[at + 1 :])
    return found
