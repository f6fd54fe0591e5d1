"""branch: part the ways by conditions over variables."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ivr.flow.node import Condition, Target
from ivr.nodes.base import Node, Visit


class Case(BaseModel):
    """One way out and when to take it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: Condition
    next: Target


class Branch(Node):
    """Takes the first case whose condition holds.

    Fields: `cases`, a list of `{when: condition, next: node}`. Exits: `cases:N:next` with N from 0,
    `otherwise` when no condition holds.
    """

    type: ClassVar[str] = "branch"
    cases: Annotated[list[Case], Field(min_length=1, max_length=50)]
    otherwise: Target

    async def run(self, visit: Visit) -> str:
        for position, case in enumerate(self.cases):
            if visit.holds(case.when):
                return f"cases:{position}:next"
        return "otherwise"
