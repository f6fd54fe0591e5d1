"""Which nodes and exits of each flow the tests have reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.flow import Flow
from ivr.testing.trace import EventList


@dataclass(frozen=True)
class Coverage:
    """One flow's; exits are written `node.exit`."""

    flow: str
    nodes: int
    exits: int
    nodes_missed: tuple[str, ...]
    exits_missed: tuple[str, ...]

    @property
    def node_percent(self) -> float:
        return _percent(self.nodes, len(self.nodes_missed))

    @property
    def exit_percent(self) -> float:
        return _percent(self.exits, len(self.exits_missed))


def coverage(flows: Mapping[str, Flow], traces: Iterable[EventList]) -> list[Coverage]:
    """Coverage of every flow by all these calls together."""
    entered: set[tuple[str, str]] = set()
    left: set[tuple[str, str, str]] = set()
    for trace in traces:
        entered.update(trace.entered())
        left.update(trace.left())
    return [_of_flow(flow, entered, left) for flow in flows.values()]


def _of_flow(
    flow: Flow, entered: set[tuple[str, str]], left: set[tuple[str, str, str]]
) -> Coverage:
    exits = [(node, name) for node, spec in flow.nodes.items() for name in spec.exits()]
    missed = [(node, name) for node, name in exits if (flow.name, node, name) not in left]
    return Coverage(
        flow=flow.name,
        nodes=len(flow.nodes),
        exits=len(exits),
        nodes_missed=tuple(one for one in flow.nodes if (flow.name, one) not in entered),
        exits_missed=tuple(f"{node}.{name}" for node, name in missed),
    )


def _percent(total: int, missed: int) -> float:
    return 100.0 * (total - missed) / total if total else 100.0
