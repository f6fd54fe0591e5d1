"""Curves over the size of the centre, both axes logarithmic, as an SVG of its own."""

from collections.abc import Iterable, Mapping
from math import ceil, floor, log10

Curve = list[tuple[float, float]]
"""Agents, microseconds."""

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 220, 20, 50
COLOURS = ("#0b62a4", "#6baed6", "#b30000", "#1b7837", "#7fbf7b", "#e08214")


def draw(curves: Mapping[str, Curve]) -> str:
    """One line per curve, named at the right."""
    points = [point for curve in curves.values() for point in curve]
    x_low, x_high = _decades(x for x, _ in points)
    y_low, y_high = _decades(y for _, y in points)

    def at(x: float, y: float) -> tuple[float, float]:
        across = (log10(x) - x_low) / (x_high - x_low)
        up = (log10(y) - y_low) / (y_high - y_low)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (
            HEIGHT - TOP - BOTTOM
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for power in range(x_low, x_high + 1):
        x, y = at(10.0**power, 10.0**y_low)
        parts.append(f'<path d="M{x:.0f} {y:.0f}V{TOP}" stroke="#ddd"/>')
        parts.append(_text(x, y + 18, f"{10**power:,}", "middle"))
    for power in range(y_low, y_high + 1):
        x, y = at(10.0**x_low, 10.0**power)
        parts.append(f'<path d="M{x:.0f} {y:.0f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(_text(x - 8, y + 4, f"{10**power:,} µs", "end"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "agents = waiting calls", "middle"))
    for place, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[place % len(COLOURS)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in (at(*point) for point in curve))
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        row = TOP + 20 + 20 * place
        edge = WIDTH - RIGHT + 12
        parts.append(f'<path d="M{edge} {row}h18" stroke="{colour}" stroke-width="3"/>')
        parts.append(_text(edge + 24, row + 4, name, "start"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _decades(values: Iterable[float]) -> tuple[int, int]:
    """The powers of ten around these values."""
    known = list(values)
    return floor(log10(min(known))), max(ceil(log10(max(known))), floor(log10(min(known))) + 1)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{text}</text>'
