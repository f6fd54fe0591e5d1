"""What comes back from called flows: the results their `return` nodes give, and from where."""

from collections.abc import Iterator, Mapping, Set
from typing import Protocol

from ivr.flow.node import FlowCall, NodeSpec

Place = tuple[str, str]
"""Flow and node."""


class Drawn(Protocol):
    """A flow, finished or still a draft."""

    @property
    def start(self) -> str | None: ...

    @property
    def nodes(self) -> Mapping[str, NodeSpec | None]: ...


def results_given(
    flows: Mapping[str, Drawn], *, without_input: bool = False
) -> dict[str, Mapping[str, Set[Place]]]:
    """Flow -> result -> the nodes that give it, when the flow is called at its start.

    `without_input`: only on ways on which nobody waits for the caller. A flow that calls itself
    gives what it gives on the ways that do not, and whatever follows from that.
    """
    given: dict[str, Mapping[str, Set[Place]]] = {flow: {} for flow in flows}
    growing = True
    while growing:
        growing = False
        for flow in flows:
            found = _given(flows, flow, given, without_input=without_input)
            if found != given[flow]:
                given[flow] = found
                growing = True
    return given


def call_ways(call: FlowCall, given: Mapping[str, Mapping[str, Set[Place]]]) -> Iterator[str]:
    """The nodes to which the called flow may come back."""
    results = given.get(call.flow, call.results)  # of a flow nobody could read: anything
    return (target for result, target in call.results.items() if result in results)


def return_places(flows: Mapping[str, Drawn]) -> dict[str, set[Place]]:
    """Flow -> the nodes, perhaps of other flows, in which it ends when it is called."""
    return {
        flow: {place for places in results.values() for place in places}
        for flow, results in results_given(flows).items()
    }


def next_flows(node: NodeSpec) -> Iterator[str]:
    """The flows in which the call goes on, not to come back here."""
    if node.calls() is None:
        yield from (found.value for found in node.references if found.kind == "flow")


def _given(
    flows: Mapping[str, Drawn],
    flow: str,
    given: Mapping[str, Mapping[str, Set[Place]]],
    *,
    without_input: bool,
) -> dict[str, set[Place]]:
    """One flow's results, with those of the other flows as known by now."""
    found: dict[str, set[Place]] = {}
    seen: set[str] = set()
    waiting = [flows[flow].start or ""]
    while waiting:
        name = waiting.pop()
        node = flows[flow].nodes.get(name)
        if name in seen or node is None:
            continue
        seen.add(name)
        if node.returns():
            found.setdefault(node.returns(), set()).add((flow, name))
        if without_input and node.takes_input:
            continue
        for other in next_flows(node):
            for result, places in given.get(other, {}).items():
                found.setdefault(result, set()).update(places)
        call = node.calls()
        if call is None or (given.get(call.flow) and not without_input):
            waiting += node.exits().values()  # also those misspelt: they cut nothing off
        else:
            waiting += call_ways(call, given)
    return found
