"""set: give variables values."""

from typing import Annotated, ClassVar

from pydantic import Field

from ivr.expression import parse
from ivr.flow.node import Assignment, Target, VariableRef
from ivr.nodes.base import Node, Visit


class Set(Node):
    """Gives variables values, one after the other, so that a later one sees the earlier ones."""

    type: ClassVar[str] = "set"
    values: Annotated[dict[VariableRef, Assignment], Field(min_length=1)] = Field(
        description="Variable and the expression that computes it; a text in an expression needs "
        "its own quotes: `\"'gold'\"`."
    )
    next: Target = Field(description="Taken when every value is set.")

    @property
    def is_instant(self) -> bool:
        return True

    async def run(self, visit: Visit) -> str:
        for name, expression in self.values.items():
            secret = not visit.secret_variables.isdisjoint(parse(expression).names)
            visit.assign(name, visit.evaluate(expression), secret=secret)
        return "next"
