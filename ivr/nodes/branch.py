"""branch: part the ways by conditions over variables."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ivr.flow.node import Condition, Target
from ivr.nodes.base import Node, Visit


class Case(BaseModel):
    """One way out and when to take it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: Condition = Field(description="What has to be true.")
    next: Target = Field(description="Taken when this is the first case whose condition holds.")


class Branch(Node):
    """Parts the ways by conditions over variables: the first case whose condition holds."""

    type: ClassVar[str] = "branch"
    cases: Annotated[list[Case], Field(min_length=1, max_length=50)] = Field(
        description="Conditions, tried in order, each with its way out."
    )
    otherwise: Target = Field(description="Taken when no condition holds.")

    @property
    def is_instant(self) -> bool:
        return True

    async def run(self, visit: Visit) -> str:
        for position, case in enumerate(self.cases):
            if visit.holds(case.when):
                return f"cases:{position}:next"
        return "otherwise"
