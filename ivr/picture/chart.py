"""What a picture shows of a flow: boxes, each with its exits and where they lead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow import Flow
from ivr.flow.node import NodeSpec

Counts = Mapping[tuple[str, str], int]
"""(node, outcome) -> how often callers left the node that way."""

_DETAIL_KINDS = ("queue", "calendar", "agent", "extension", "condition", "variable")
_DETAIL_CHARS_MAX = 34
_LABEL_CHARS_MAX = 26


@dataclass(frozen=True)
class Way:
    """Exits of one box that lead to the same place."""

    label: str
    target: str
    """A node, or `flow NAME`."""
    leaves_flow: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Box:
    """A node as shown."""

    name: str
    kind: str
    detail: str
    ways: tuple[Way, ...]
    asks: bool
    ends: bool
    count: int | None = None
    """How often it was left, by whatever way."""


@dataclass(frozen=True)
class Chart:
    """A flow as shown; `start` comes first among the boxes."""

    title: str
    start: str
    boxes: tuple[Box, ...]


def chart_of(flow: Flow, counts: Counts | None = None) -> Chart:
    """What to draw of a flow, with numbers when there are any."""
    names = [flow.start, *(name for name in flow.nodes if name != flow.start)]
    return Chart(flow.name, flow.start, tuple(_box(one, flow.nodes[one], counts) for one in names))


def _box(name: str, node: NodeSpec, counts: Counts | None) -> Box:
    left = None if counts is None else sum(n for (at, _), n in counts.items() if at == name)
    exits = node.exits()
    return Box(
        name=name,
        kind=node.type,
        detail=_detail(node),
        ways=(*_ways(name, exits, counts), *_other_flows(node, counts, left)),
        asks=node.takes_input,
        ends=not exits,
        count=left,
    )


def _ways(name: str, exits: Mapping[str, str], counts: Counts | None) -> Iterator[Way]:
    for target in dict.fromkeys(exits.values()):
        own = [one for one, leads_to in exits.items() if leads_to == target]
        count = None if counts is None else sum(counts.get((name, one), 0) for one in own)
        yield Way(_cut(", ".join(map(_exit_label, own)), _LABEL_CHARS_MAX), target, count=count)


def _other_flows(node: NodeSpec, counts: Counts | None, left: int | None) -> Iterator[Way]:
    for found in node.references:
        if found.kind == "flow":
            yield Way("flow", found.value, leaves_flow=True, count=None if counts is None else left)


def _exit_label(name: str) -> str:
    """`choices:1` is 1 to whoever looks at a picture, `cases:0:next` the first case."""
    parts = name.split(":")
    if parts[0] == "cases" and len(parts) == 3:
        return f"case {int(parts[1]) + 1}"
    return parts[1] if len(parts) == 2 else name


def _detail(node: NodeSpec) -> str:
    found = list(node.references)
    spoken = next((one.value for one in found if one.kind == "speech"), "")
    if spoken:
        return _cut(f"“{spoken}”", _DETAIL_CHARS_MAX)
    named = next((one for one in found if one.kind in _DETAIL_KINDS), None)
    return "" if named is None else _cut(f"{named.kind} {named.value}", _DETAIL_CHARS_MAX)


def _cut(text: str, chars_max: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= chars_max else text[: chars_max - 1].rstrip(" ,.") + "…"
