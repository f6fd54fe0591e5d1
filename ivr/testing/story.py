"""What a call at the terminal did so far, for whoever asks in the middle of it or afterwards."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.flow import Flow
from ivr.model.events import Event, FlowFailed, InputReceived, NodeEntered, NodeLeft


@dataclass
class Stay:
    """One node the call was in."""

    flow: str
    node: str
    at: float
    inputs: list[tuple[str, str]] = field(default_factory=list)
    """Keys, masked where the node is sensitive, and what became of them."""
    exit: str = ""
    seconds: float = 0.0
    failure: str = ""


@dataclass
class Story:
    """Implements the Recorder port: shows each node as it is entered, and keeps the whole walk."""

    show: Callable[[str], None]
    began: float
    flows: Mapping[str, Flow] = field(default_factory=dict)
    """Where the nodes are written, as far as anybody knows."""
    stays: list[Stay] = field(default_factory=list)

    def record(self, event: Event) -> None:
        if isinstance(event, NodeEntered):
            self.show(f"[{self._name(event.flow, event.node)}]")
            self.stays.append(Stay(event.flow, event.node, event.at))
        elif isinstance(event, NodeLeft):
            # A node that called a flow is left after those of that flow.
            stay = self._open(event.flow, event.node)
            stay.exit, stay.seconds = event.outcome, event.seconds
        elif isinstance(event, InputReceived):
            self._open(event.flow, event.node).inputs.append((event.value, event.result))
        elif isinstance(event, FlowFailed):
            flow = self.flows.get(event.flow)
            place = flow.place(event.node) if flow else ""
            name = self._name(event.flow, event.node)
            self.show(f"[{name}] FAILED: {event.reason}{place and f' ({place})'}")
            self._open(event.flow, event.node).failure = event.reason

    def lines(self) -> Iterator[str]:
        """The walk so far, a line for each node: when, where, what was pressed, which exit."""
        for one in self.stays:
            pressed = ", ".join(f"{keys or 'nothing'} ({result})" for keys, result in one.inputs)
            way = f"-> {one.exit}" if one.exit else "(now here)"
            parts = [self._name(one.flow, one.node), pressed, way, one.failure]
            shown = "  ".join(filter(None, parts))
            yield f"  {one.at - self.began:+8.1f} s  {shown}"

    def steps(self) -> list[dict[str, Any]]:
        """The same for programs."""
        return [
            {
                "at_s": round(one.at - self.began, 3),
                "flow": one.flow,
                "node": one.node,
                "inputs": [{"keys": keys, "result": result} for keys, result in one.inputs],
                "exit": one.exit,
                "seconds": round(one.seconds, 3),
                "failure": one.failure,
            }
            for one in self.stays
        ]

    def _name(self, flow: str, node: str) -> str:
        first = self.stays[0].flow if self.stays else flow
        return node if flow == first else f"{flow}/{node}"

    def _open(self, flow: str, node: str) -> Stay:
        return next(
            one
            for one in reversed(self.stays)
            if (one.flow, one.node, one.exit) == (flow, node, "")
        )
