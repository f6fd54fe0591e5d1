"""A chart as Mermaid text: for pages that draw it themselves."""

from collections.abc import Iterator

from ivr.picture.chart import Box, Chart, Way


def mermaid(chart: Chart) -> str:
    """The whole flowchart."""
    lines = ["flowchart TD"]
    for box in chart.boxes:
        opening, closing = ("([", "])") if box.ends else ("{{", "}}") if box.asks else ("[", "]")
        lines.append(f'    {_id(box.name)}{opening}"{_title(box)}"{closing}')
    for box in chart.boxes:
        lines += _ways(box)
    return "\n".join(lines) + "\n"


def _title(box: Box) -> str:
    count = "" if box.count is None else f" · {box.count}"
    return f"{box.name}<br/>{box.kind}{count}"


def _ways(box: Box) -> Iterator[str]:
    for way in box.ways:
        target = f'flow_{way.target}[["flow {way.target}"]]' if way.leaves_flow else _id(way.target)
        yield f'    {_id(box.name)} -->|"{_label(way)}"| {target}'


def _label(way: Way) -> str:
    count = "" if way.count is None else f" · {way.count}"
    return f"{way.label}{count}".replace('"', "'").replace("#", "#35;").replace("*", "#42;")


def _id(name: str) -> str:
    """Mermaid has words of its own: `end` alone would be one."""
    return f"node_{name}"
