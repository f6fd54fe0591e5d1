"""Where in its row each box stands: near the middle of its neighbours, none upon another."""

from collections.abc import Mapping, Sequence

from ivr.picture.layers import Layers

ROUNDS = 40


def place(layers: Layers, widths: Mapping[str, float], gap: float) -> dict[str, float]:
    """The middle of every box and bend, from 0 at the left edge of the whole picture."""
    middle: dict[str, float] = {}
    for row in layers.rows:
        at = 0.0
        for name in row:
            middle[name] = at + widths[name] / 2
            at += widths[name] + gap
    neighbours: dict[str, list[str]] = {}
    for source, target in layers.pieces:
        neighbours.setdefault(source, []).append(target)
        neighbours.setdefault(target, []).append(source)
    for round_ in range(ROUNDS):
        rows = layers.rows if round_ % 2 == 0 else layers.rows[::-1]
        for row in rows:
            _settle(row, middle, neighbours, widths, gap)
    left = min(middle[name] - widths[name] / 2 for name in middle)
    return {name: at - left for name, at in middle.items()}


def _settle(
    row: Sequence[str],
    middle: dict[str, float],
    neighbours: Mapping[str, Sequence[str]],
    widths: Mapping[str, float],
    gap: float,
) -> None:
    """Moves a row's boxes as close to where they want to be as their widths allow.

    Boxes that would overlap form a block, which takes the mean of what its boxes want.
    """
    offset, at = {}, 0.0
    for position, name in enumerate(row):
        if position:
            at += (widths[row[position - 1]] + widths[name]) / 2 + gap
        offset[name] = at
    blocks: list[tuple[float, int]] = []
    for name in row:
        near = [middle[one] for one in neighbours.get(name, [])]
        wish = sum(near) / len(near) if near else middle[name]
        total, size = wish - offset[name], 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / size:
            before = blocks.pop()
            total, size = total + before[0], size + before[1]
        blocks.append((total, size))
    names = iter(row)
    for total, size in blocks:
        for _ in range(size):
            name = next(names)
            middle[name] = total / size + offset[name]
