"""Plots as SVG text: curves of shares, and bars of shares. Every share is from 0 to 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 820, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 34, 44
GREY, LINE = "#5b6770", "#dfe4ea"
BAR = 20


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
    parts = [*_frame(reach, step, x_title, y_title), *_legend(curves)]
    for curve in curves:
        path = " ".join(f"{_x(x, reach):.1f},{_y(share):.1f}" for x, share in curve.points)
        parts.append(
            f'<polyline fill="none" stroke="{curve.colour}" stroke-width="2" points="{path}"/>'
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
            f'fill="{colour}"/>',
            _text(152 + share * reach, y + 15, f"{share:.0%}", "start"),
        ]
    return _svg(max(BAR, len(shares) * BAR), parts)


def round_step(reach: float) -> float:
    """Distance of marks on an axis up to `reach`: a number people like, four to eight of them."""
    power = 10.0 ** floor(log10(reach / 4))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= reach / 4)


def _frame(reach: float, step: float, x_title: str, y_title: str) -> list[str]:
    parts = [_text(4, 16, y_title, "start"), _text(WIDTH / 2, HEIGHT - 6, x_title, "middle")]
    for quarter in range(5):
        share = quarter / 4
        parts += [
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(share):.1f}" y2="{_y(share):.1f}" '
            f'stroke="{LINE}"/>',
            _text(LEFT - 8, _y(share) + 4, f"{share:.0%}", "end"),
        ]
    marks = [step * number for number in range(round(reach / step) + 1)]
    return [*parts, *(_text(_x(x, reach), HEIGHT - 24, f"{x:g}", "middle") for x in marks)]


def _legend(curves: Sequence[Curve]) -> list[str]:
    parts, x = [], 300.0
    for curve in curves:
        parts += [
            f'<rect x="{x:.0f}" y="7" width="11" height="11" fill="{curve.colour}"/>',
            _text(x + 16, 16, curve.name, "start"),
        ]
        x += 34 + 7.5 * len(curve.name)
    return parts


def _svg(height: int, parts: Sequence[str]) -> str:
    inner = "\n".join(parts)
    box = f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>\n{inner}\n</svg>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    style = f'text-anchor="{anchor}" fill="{GREY}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'


def _x(x: float, reach: float) -> float:
    return LEFT + x / reach * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)
