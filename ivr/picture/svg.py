"""A chart as SVG: boxes with their exits along the lower edge, lines downwards, returns by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from ivr.picture.chart import Box, Chart, Way
from ivr.picture.layers import Layers, arrange
from ivr.picture.places import place

CHAR_W, SMALL_CHAR_W = 8.6, 6.4
"""Widths reserved for one character; fonts differ, so that there is room to spare."""
BOX_W_MIN, HEAD_H, EXIT_H, COUNT_H = 132.0, 46.0, 20.0, 14.0
GAP_X, GAP_Y, MARGIN, TITLE_H = 26.0, 50.0, 24.0, 40.0
BEND_W, TAG_H, TAG_DROP = 12.0, 18.0, 10.0

_STYLE = """
svg { background: #fdfdfc; font: 12px ui-sans-serif, system-ui, Helvetica, Arial, sans-serif; }
text { fill: #22262b; text-anchor: middle; }
.title { font-size: 18px; font-weight: 600; text-anchor: start; }
.name { font-size: 13px; font-weight: 600; }
.small { font-size: 10.5px; fill: #5f6770; }
.exit { font-size: 11px; }
.box { fill: #ffffff; stroke: #9aa3ad; }
.asks { fill: #e8f0fa; stroke: #7c9cc4; }
.ends { fill: #eceef0; stroke: #9aa3ad; }
.rule { stroke: #c9ced4; }
.line { fill: none; stroke: #6b7580; stroke-width: 1.3; }
.tip { fill: #6b7580; }
.tag { fill: #f6f2e6; stroke: #c4b68a; }
@media (prefers-color-scheme: dark) {
  svg { background: #16191d; }
  text { fill: #e4e7ea; }
  .small { fill: #9aa3ad; }
  .box { fill: #22272d; stroke: #56606a; }
  .asks { fill: #1d2c3f; stroke: #4f6f99; }
  .ends { fill: #2b3036; stroke: #56606a; }
  .rule { stroke: #3a424a; }
  .line { stroke: #8b949e; }
  .tip { fill: #8b949e; }
  .tag { fill: #322d1d; stroke: #756a44; }
}
"""


@dataclass(frozen=True)
class _Exit:
    """One cell along the lower edge of a box."""

    way: Way
    left: float
    """From the left edge of the box."""
    width: float
    tag: str
    """The name that stands below instead of a line; empty: a line goes on."""

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class _Sized:
    """A box with its exits laid out."""

    box: Box
    width: float
    exits: tuple[_Exit, ...]

    @property
    def height(self) -> float:
        counted = any(one.way.count is not None for one in self.exits)
        return HEAD_H + (EXIT_H + (COUNT_H if counted else 0) if self.exits else 0)


def svg(chart: Chart) -> str:
    """The whole picture."""
    names = {box.name for box in chart.boxes}
    targets = {
        box.name: [way.target for way in box.ways if way.target in names and not way.leaves_flow]
        for box in chart.boxes
    }
    layers = arrange(chart.start, targets)
    sized = {box.name: _sized(box, layers) for box in chart.boxes}
    widths = {
        name: sized[name].width if name in sized else BEND_W for row in layers.rows for name in row
    }
    middle = {name: at + MARGIN for name, at in place(layers, widths, GAP_X).items()}
    sized = {name: _turned(one, middle) for name, one in sized.items()}
    tops = _tops(layers, sized)
    width = max(middle[name] + widths[name] / 2 for name in middle) + MARGIN
    height = tops[-1] + max(_full_height(sized[n]) for n in layers.rows[-1] if n in sized) + MARGIN
    width = max(width, MARGIN * 2 + len(chart.title) * 12)
    parts = [_head(chart, width, height)]
    parts += _lines(layers, sized, middle, tops)
    for top, row in zip(tops, layers.rows, strict=True):
        for name in row:
            if name in sized:
                parts += _drawn(sized[name], middle[name], top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _sized(box: Box, layers: Layers) -> _Sized:
    exits, left = [], 0.0
    for way in box.ways:
        drawn = not way.leaves_flow and (box.name, way.target) in layers.lines
        tag = "" if drawn else f"flow {way.target}" if way.leaves_flow else way.target
        text = max(len(way.label), len(str(way.count or "")))
        width = max(text * SMALL_CHAR_W + 14, len(tag) * SMALL_CHAR_W + 34 if tag else 0)
        exits.append(_Exit(way, left, width, tag))
        left += width
    count = "" if box.count is None else f" · {box.count}"
    words = (len(box.name) * CHAR_W, len(box.kind + count) * SMALL_CHAR_W)
    width = max(BOX_W_MIN, left, max(words) + 20, len(box.detail) * SMALL_CHAR_W * 0.9 + 16)
    return _Sized(box, width, _spread(exits, width))


def _spread(exits: list[_Exit], width: float) -> tuple[_Exit, ...]:
    """Shares what the box is wider than its exits among them."""
    more = (width - sum(one.width for one in exits)) / len(exits) if exits else 0
    spread, left = [], 0.0
    for one in exits:
        spread.append(_Exit(one.way, left, one.width + more, one.tag))
        left += one.width + more
    return tuple(spread)


def _turned(one: _Sized, middle: dict[str, float]) -> _Sized:
    """The exits in the order in which their targets stand, so that lines do not cross at once."""
    exits = sorted(
        one.exits, key=lambda e: middle[e.way.target] if not e.tag else middle[one.box.name]
    )
    return _Sized(one.box, one.width, _spread(exits, one.width))


def _full_height(one: _Sized) -> float:
    return one.height + (TAG_DROP + TAG_H if any(e.tag for e in one.exits) else 0)


def _tops(layers: Layers, sized: dict[str, _Sized]) -> list[float]:
    tops, top = [], MARGIN + TITLE_H
    for row in layers.rows:
        tops.append(top)
        top += max((_full_height(sized[name]) for name in row if name in sized), default=0) + GAP_Y
    return tops


def _head(chart: Chart, width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">\n'
        f"<title>Call flow {escape(chart.title)}</title>\n<style>{_STYLE}</style>\n"
        f'<text class="title" x="{MARGIN:.0f}" y="{MARGIN + 10:.0f}">{escape(chart.title)}</text>'
    )


def _lines(
    layers: Layers, sized: dict[str, _Sized], middle: dict[str, float], tops: list[float]
) -> Iterator[str]:
    """Each from its exit, around what stands in the rows between, to the top of the other box."""
    row_of = {name: number for number, row in enumerate(layers.rows) for name in row}
    for source, target in layers.lines:
        one = sized[source]
        cell = next(e for e in one.exits if e.way.target == target and not e.way.leaves_flow)
        x = middle[source] - one.width / 2 + cell.middle
        y = tops[row_of[source]] + one.height
        path = [f"M{x:.1f},{y:.1f}"]
        for bend in layers.bends.get((source, target), []):
            row = row_of[bend]
            path += [_curve(x, y, middle[bend], tops[row]), f"V{tops[row + 1] - GAP_Y:.1f}"]
            x, y = middle[bend], tops[row + 1] - GAP_Y
        end = tops[row_of[target]] - 7
        path.append(_curve(x, y, middle[target], end))
        yield f'<path class="line" d="{" ".join(path)}"/>'
        tip = f"M{middle[target]:.1f},{end + 7:.1f} l-4,-8 h8 z"
        yield f'<path class="tip" d="{tip}"/>'


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    half = (y + to_y) / 2
    return f"C{x:.1f},{half:.1f} {to_x:.1f},{half:.1f} {to_x:.1f},{to_y:.1f}"


def _drawn(one: _Sized, middle: float, top: float) -> Iterator[str]:
    box, left = one.box, middle - one.width / 2
    look = "ends" if box.ends else "asks" if box.asks else "box"
    yield (
        f'<rect class="{look}" x="{left:.1f}" y="{top:.1f}" width="{one.width:.1f}" '
        f'height="{one.height:.1f}" rx="{14 if box.ends else 5}"/>'
    )
    count = "" if box.count is None else f" · {box.count}"
    yield _text("name", middle, top + 17, box.name)
    yield _text("small", middle, top + (30 if box.detail else 34), box.kind + count)
    if box.detail:
        yield _text("small", middle, top + 42, box.detail)
    if one.exits:
        y = top + HEAD_H
        yield f'<path class="rule" d="M{left:.1f},{y:.1f} h{one.width:.1f}"/>'
    for cell in one.exits:
        yield from _exit(cell, left, top + HEAD_H, top + one.height)


def _exit(cell: _Exit, left: float, top: float, bottom: float) -> Iterator[str]:
    x = left + cell.middle
    if cell.left:
        yield f'<path class="rule" d="M{left + cell.left:.1f},{top:.1f} V{bottom:.1f}"/>'
    yield _text("exit", x, top + 14, cell.way.label)
    if cell.way.count is not None:
        yield _text("small", x, top + 28, str(cell.way.count))
    if cell.tag:
        width = len(cell.tag) * SMALL_CHAR_W + 26
        y = bottom + TAG_DROP
        yield f'<path class="line" d="M{x:.1f},{bottom:.1f} V{y:.1f}"/>'
        yield (
            f'<rect class="tag" x="{x - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{TAG_H:.0f}" rx="9"/>'
        )
        yield _text("exit", x, y + 13, f"→ {cell.tag}")


def _text(look: str, x: float, y: float, text: str) -> str:
    return f'<text class="{look}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
