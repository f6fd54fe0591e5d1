"""A dashboard's panels with the data of its queries, as an SVG of its own."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from ivr.metrics.dashboards.panel import Panel

Point = tuple[float, float]
"""Seconds, value."""
Series = Mapping[str, Sequence[Point]]
"""Points in the order of time, by legend; of a stat or a bar only the last one counts."""

COLUMN, ROW = 50, 34
"""Pixels of one step of the grid."""
LEGEND = 215
ROWS_MAX = 9
COLOURS = ("#3274d9", "#56a64b", "#ff780a", "#e02f44", "#8f3bb8", "#f2cc0c", "#37872d", "#8ab8ff")
TINTS = ("#a6c5f0", "#b5d9af", "#ffc794", "#f2a3ac", "#cfa8df", "#fae896", "#a3c79e", "#cbdfff")
"""The same, as areas."""
NAMED = {"green": "#37872d", "orange": "#ff780a", "red": "#e02f44", "blue": "#3274d9"}
GREY = "#6b7280"


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


def picture(title: str, placed: Sequence[tuple[Panel, int, int]], data: Sequence[Series]) -> str:
    """Panels at their columns and rows, each with its series."""
    width = 24 * COLUMN
    height = max((y + panel.height) * ROW for panel, _, y in placed) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#f4f5f5"/>',
        _text(12, 26, title, size=18),
    ]
    for (panel, x, y), series in zip(placed, data, strict=True):
        box = Box(x * COLUMN + 3, y * ROW + 43, panel.width * COLUMN - 6, panel.height * ROW - 6)
        parts += [
            f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" '
            'fill="white" stroke="#e0e0e0"/>',
            _text(box.x + 10, box.y + 20, panel.title, weight="bold"),
            *_inside(panel, series, box),
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _inside(panel: Panel, series: Series, box: Box) -> Iterator[str]:
    if not any(series.values()):
        why = panel.may_be_empty or "no data"
        yield _text(box.x + 10, box.y + box.height / 2 + 8, f"no data: {why}", colour=GREY)
    elif panel.kind == "stat":
        (points, *_) = series.values()
        value = _whole(panel, points[-1][1])
        colour = _colour_of(panel, value)
        yield _text(box.x + 10, box.y + 76, written(value, panel.unit), size=34, colour=colour)
    elif panel.kind == "bargauge":
        yield from _bars(panel, series, box)
    else:
        yield from _lines(panel, series, box)


def _colour_of(panel: Panel, value: float) -> str:
    colour = panel.base
    for bound, name in panel.steps:
        if value >= bound:
            colour = name
    return NAMED[colour]


def _whole(panel: Panel, value: float) -> float:
    """Counts as the dashboard shows them, without decimals."""
    return round(value) if panel.unit == "short" else value


def _bars(panel: Panel, series: Series, box: Box) -> Iterator[str]:
    rows = [(name, _whole(panel, points[-1][1])) for name, points in series.items() if points]
    top = panel.high or max((value for _, value in rows), default=0) or 1
    left, width = box.x + 190, box.width - 280
    for number, (name, value) in enumerate(rows[:ROWS_MAX]):
        y = box.y + 34 + number * 24
        yield _text(left - 8, y + 12, name[:26], anchor="end")
        yield f'<rect x="{left:g}" y="{y:g}" width="{width:g}" height="16" fill="#f4f5f5"/>'
        length = max(1.0, width * min(value / top, 1))
        yield f'<rect x="{left:g}" y="{y:g}" width="{length:.1f}" height="16" fill="#3274d9"/>'
        yield _text(left + width + 8, y + 12, written(value, panel.unit))


def _lines(panel: Panel, series: Series, box: Box) -> Iterator[str]:
    series = dict(sorted(series.items(), key=_highest, reverse=True))
    drawn = _stacked(series) if panel.stacked else {name: list(p) for name, p in series.items()}
    points = [point for line in drawn.values() for point in line]
    low, high = _bounds(panel, [value for _, value in points])
    begin, end = min(at for at, _ in points), max(at for at, _ in points)
    plot = Box(box.x + 62, box.y + 34, box.width - 62 - LEGEND - 16, box.height - 60)

    def place(at: float, value: float) -> tuple[float, float]:
        across = (at - begin) / ((end - begin) or 1)
        return plot.x + across * plot.width, plot.y + plot.height * (
            1 - (value - low) / (high - low)
        )

    for share in (0.0, 0.5, 1.0):
        value = low + share * (high - low)
        _, y = place(begin, value)
        yield f'<path d="M{plot.x:g} {y:.1f}h{plot.width:g}" stroke="#e5e7eb"/>'
        label = written(value, panel.unit).removesuffix(" /min").removesuffix(" /s")
        yield _text(plot.x - 6, y + 4, label, anchor="end", colour=GREY)
    minutes = f"{(end - begin) / 60:.0f} min ago"
    yield _text(plot.x, plot.y + plot.height + 16, minutes, colour=GREY)
    yield _text(plot.x + plot.width, plot.y + plot.height + 16, "now", anchor="end", colour=GREY)
    names = list(drawn)
    for number, name in reversed(list(enumerate(names))):
        yield from _line([place(*point) for point in drawn[name]], number, plot, panel)
    yield from _legend(panel, series, box)


def _highest(one: tuple[str, Sequence[Point]]) -> float:
    return max((value for _, value in one[1]), default=-math.inf)


def _line(points: Sequence[Point], number: int, plot: Box, panel: Panel) -> Iterator[str]:
    colour = COLOURS[number % len(COLOURS)]
    for run in _runs(points):
        path = f"M{run[0][0]:.1f} {run[0][1]:.1f}"
        for (_, before), (x, y) in pairwise(run):
            path += "" if y == before else f"H{x:.1f}V{y:.1f}"
        path += f"H{run[-1][0]:.1f}"
        if panel.stacked:
            floor = plot.y + plot.height
            area = f"{path}V{floor:.1f}H{run[0][0]:.1f}Z"
            yield f'<path d="{area}" fill="{TINTS[number % len(TINTS)]}"/>'
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Points without a gap between them: where there was no value, no line is drawn."""
    step = min((right[0] - left[0] for left, right in pairwise(points)), default=0.0)
    run = list(points[:1])
    for before, point in pairwise(points):
        if point[0] - before[0] > 1.5 * step:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def _legend(panel: Panel, series: Series, box: Box) -> Iterator[str]:
    x = box.x + box.width - LEGEND
    for number, (name, points) in enumerate(list(series.items())[:ROWS_MAX]):
        y = box.y + 44 + number * 22
        colour = COLOURS[number % len(COLOURS)]
        yield f'<rect x="{x:g}" y="{y - 7:g}" width="12" height="4" fill="{colour}"/>'
        yield _text(x + 18, y, (name or panel.title)[:20])
        if points:
            last = written(points[-1][1], panel.unit)
            yield _text(box.x + box.width - 10, y, last, anchor="end", colour=GREY)
    if len(series) > ROWS_MAX:
        y = box.y + 44 + ROWS_MAX * 22
        yield _text(x + 18, y, f"and {len(series) - ROWS_MAX} more", colour=GREY)


def _stacked(series: Series) -> dict[str, list[Point]]:
    """Each series on top of those before it."""
    below: dict[float, float] = {}
    stacked: dict[str, list[Point]] = {}
    for name, points in series.items():
        stacked[name] = []
        for at, value in points:
            below[at] = below.get(at, 0.0) + value
            stacked[name].append((at, below[at]))
    return stacked


def _bounds(panel: Panel, values: Sequence[float]) -> tuple[float, float]:
    low = min([*values, 0.0]) if panel.low is None else panel.low
    high = max([*values, 0.0]) * 1.05 if panel.high is None else panel.high
    return low, high if high > low else low + 1


def written(value: float, unit: str) -> str:
    """A value as a dashboard shows it."""
    match unit:
        case "percentunit":
            return f"{100 * value:.0f} %" if value in (0, 1) else f"{100 * value:.1f} %"
        case "s":
            return _seconds(value)
        case "bytes":
            return _bytes(value)
        case "cpm":
            return f"{value:.3g} /min"
        case "cps":
            return f"{value:.3g} /s"
    return f"{value:,.0f}" if value == round(value) else f"{value:.3g}"


def _seconds(value: float) -> str:
    size = abs(value)
    if size >= 120:
        return f"{value / 60:.1f} min"
    if size >= 1 or size == 0:
        return f"{value:.3g} s"
    return f"{value * 1000:.3g} ms" if size >= 0.001 else f"{value * 1e6:.3g} µs"


def _bytes(value: float) -> str:
    for size, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= size:
            return f"{value / size:.3g} {name}"
    return f"{value:.0f} B"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 12,
    anchor: str = "start",
    colour: str = "#24292e",
    weight: str = "normal",
) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
    )
