"""Plots as SVG text: curves of shares, bars of shares, stacks of counts. A share is from 0 to 1.

Colours are those of the page around it: text takes its colour, `var(--c0)` and so on are of
`ivr.picture.page`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 820, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 34, 44
LINE = 'stroke="currentColor" stroke-opacity="0.25"'
BAR = 20
COLOURS = tuple(f"var(--c{number})" for number in range(8))


@dataclass(frozen=True)
class Curve:
    """Points (x, share) in order of x."""

    name: str
    colour: str
    points: Sequence[tuple[float, float]]


def chart(curves: Sequence[Curve], x_title: str, y_title: str) -> str:
    """Curves over one axis that begins at 0, with a legend above."""
    longest = max((x for curve in curves for x, _ in curve.points), default=0.0) or 1.0
    step = round_step(longest)
    reach = step * ceil(longest / step - 1e-9)
    legend = _legend([(curve.name, curve.colour) for curve in curves])
    parts = [*_frame(reach, step, x_title, y_title), *legend]
    for curve in curves:
        path = " ".join(f"{_x(x, reach):.1f},{_y(share):.1f}" for x, share in curve.points)
        parts.append(
            f'<polyline fill="none" style="stroke:{curve.colour}" stroke-width="2" '
            f'points="{path}"/>'
        )
    return _svg(HEIGHT, parts)


def bars(shares: Sequence[tuple[str, float]], colour: str) -> str:
    """One bar per name."""
    parts, reach = [], WIDTH - 200
    for place, (name, share) in enumerate(shares):
        y = place * BAR
        parts += [
            _text(140, y + 15, name, "end"),
            f'<rect x="148" y="{y + 3}" width="{share * reach:.1f}" height="{BAR - 6}" '
            f'style="fill:{colour}"/>',
            _text(152 + share * reach, y + 15, f"{share:.0%}", "start"),
        ]
    return _svg(max(BAR, len(shares) * BAR), parts)


def round_step(reach: float) -> float:
    """Distance of marks on an axis up to `reach`: a number people like, four to eight of them."""
    power = 10.0 ** floor(log10(reach / 4))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= reach / 4)


def stacks(
    kinds: Sequence[tuple[str, str]],
    columns: Sequence[tuple[float, Sequence[float]]],
    width: float,
    x_title: str,
    y_title: str,
) -> str:
    """Columns of counts, one part for each kind (name, colour), the first at the bottom.

    A column is (x of its left edge, a count for each kind) and `width` wide.
    """
    longest = max((x for x, _ in columns), default=0.0) + width
    highest = max((sum(counts) for _, counts in columns), default=0.0) or 1.0
    step, up = round_step(longest), round_step(highest)
    reach, top = step * ceil(longest / step - 1e-9), up * ceil(highest / up - 1e-9)
    marks = [(number * up / top, f"{number * up:g}") for number in range(round(top / up) + 1)]
    parts = [*_axes(marks, reach, step, x_title, y_title), *_legend(kinds)]
    for x, counts in columns:
        below = 0.0
        left, right = _x(x, reach) + 1, _x(x + width, reach)
        for (_, colour), count in zip(kinds, counts, strict=True):
            if count:
                high, low = _y((below + count) / top), _y(below / top)
                parts.append(
                    f'<rect x="{left:.1f}" y="{high:.1f}" width="{max(right - left, 1):.1f}" '
                    f'height="{low - high:.1f}" style="fill:{colour}"/>'
                )
                below += count
    return _svg(HEIGHT, parts)


def _frame(reach: float, step: float, x_title: str, y_title: str) -> list[str]:
    quarters = [(quarter / 4, f"{quarter / 4:.0%}") for quarter in range(5)]
    return _axes(quarters, reach, step, x_title, y_title)


def _axes(
    levels: Sequence[tuple[float, str]], reach: float, step: float, x_title: str, y_title: str
) -> list[str]:
    """`levels` are shares of the height, and what stands beside each."""
    parts = [_text(4, 16, y_title, "start"), _text(WIDTH / 2, HEIGHT - 6, x_title, "middle")]
    for share, told in levels:
        parts += [
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(share):.1f}" y2="{_y(share):.1f}" '
            f"{LINE}/>",
            _text(LEFT - 8, _y(share) + 4, told, "end"),
        ]
    marks = [step * number for number in range(round(reach / step) + 1)]
    return [*parts, *(_text(_x(x, reach), HEIGHT - 24, f"{x:g}", "middle") for x in marks)]


def _legend(names: Sequence[tuple[str, str]]) -> list[str]:
    """Names and their colours."""
    parts, x = [], 300.0
    for name, colour in names:
        parts += [
            f'<rect x="{x:.0f}" y="7" width="11" height="11" style="fill:{colour}"/>',
            _text(x + 16, 16, name, "start"),
        ]
        x += 34 + 7.5 * len(name)
    return parts


def _svg(height: int, parts: Sequence[str]) -> str:
    inner = "\n".join(parts)
    box = f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>\n{inner}\n</svg>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    style = f'text-anchor="{anchor}" fill="currentColor"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'


def _x(x: float, reach: float) -> float:
    return LEFT + x / reach * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)
