"""goto: go on at another node, or at the start of a flow."""

from typing import ClassVar

from pydantic import Field, model_validator

from ivr.flow.node import FlowRef, Target
from ivr.nodes.base import Node, Visit


class Goto(Node):
    """Goes on at another node, or at the start of another flow.

    Variables that the other flow declares too keep their values. Give exactly one of `node` and
    `flow`.
    """

    type: ClassVar[str] = "goto"
    ends_walk: ClassVar[bool] = True
    node: Target | None = Field(default=None, description="Taken always, when given.")
    flow: FlowRef | None = Field(
        default=None, description="The flow at whose start the call goes on, and ends there."
    )

    @model_validator(mode="after")
    def _one_target(self) -> "Goto":
        if (self.node is None) == (self.flow is None):
            raise ValueError("give exactly one of node and flow")
        return self

    @property
    def is_instant(self) -> bool:
        return True

    async def run(self, visit: Visit) -> str:
        if self.flow is not None:
            visit.next_flow = self.flow
            return "flow"
        return "node"
