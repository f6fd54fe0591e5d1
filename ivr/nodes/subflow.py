"""subflow: call another flow and come back with its result."""

from typing import Annotated, ClassVar

from pydantic import Field

from ivr.expression import parse
from ivr.flow.node import FlowCall, FlowRef, Formula, Target, VariableRef
from ivr.model.site import Name
from ivr.nodes.base import CALLED, FlowError, Node, Visit

DEPTH_MAX = 10
"""Flows that may wait for one another in one call; a recursion nobody foresaw ends here."""


class Subflow(Node):
    """Calls another flow and goes on by its result: the `return` in which that flow ends.

    The called flow has variables of its own, at their defaults but for those in `give`; of this
    flow's it sees none, and of its own only those in `take` remain. The caller's language is the
    call's, and stays as the called flow leaves it. A hang-up in there ends the call.
    """

    type: ClassVar[str] = "subflow"
    flow: FlowRef = Field(description="The flow to call; it begins at its start.")
    give: dict[Name, Formula] = Field(
        default_factory=dict,
        description="Variable of the called flow and the expression, over this flow's variables, "
        "that it begins with.",
    )
    take: dict[VariableRef, Name] = Field(
        default_factory=dict,
        description="Variable of this flow and the variable of the called flow whose value it "
        "gets on the way back, whatever the result.",
    )
    results: Annotated[dict[Name, Target], Field(min_length=1, max_length=20)] = Field(
        description="Taken when the called flow comes back with the result before the colon; "
        "every result it may come back with needs an exit."
    )

    def calls(self) -> FlowCall:
        return FlowCall(self.flow, self.give, self.take, self.results)

    @property
    def is_instant(self) -> bool:
        return True

    async def run(self, visit: Visit) -> str:
        if len(visit.frames) >= DEPTH_MAX:
            raise FlowError(
                f"more than {DEPTH_MAX} flows wait for one another: they call in circles"
            )
        visit.next_flow = self.flow
        visit.given = {
            name: (
                visit.evaluate(expression),
                not visit.secret_variables.isdisjoint(parse(expression).names),
            )
            for name, expression in self.give.items()
        }
        return CALLED
