"""split: send shares of the callers different ways."""

from hashlib import sha256
from itertools import accumulate
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ivr.flow.node import Target
from ivr.model.site import Name
from ivr.nodes.base import Node, Visit

_WHOLE_PERCENT = 100


class Way(BaseModel):
    """One way and how many callers take it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    percent: Annotated[int, Field(ge=1, le=99)] = Field(
        description="Share of the callers who take this way, in percent."
    )
    next: Target = Field(description="Taken by the callers of this share.")


class Split(Node):
    """Sends fixed shares of the callers different ways, each caller the same way at every call.

    What decides is the caller's number, or the call where no number was sent.
    """

    type: ClassVar[str] = "split"
    experiment: Name | None = Field(
        default=None,
        description="What is tried out: nodes with the same experiment and ways send a caller the "
        "same way. Left out: this node alone.",
    )
    ways: Annotated[dict[Name, Way], Field(min_length=2, max_length=20)] = Field(
        description="The ways by name, in order; their shares add up to 100."
    )

    @field_validator("ways")
    @classmethod
    def _is_whole(cls, ways: dict[str, Way]) -> dict[str, Way]:
        total = sum(way.percent for way in ways.values())
        if total != _WHOLE_PERCENT:
            raise ValueError(f"the shares add up to {total} percent, not to {_WHOLE_PERCENT}")
        return ways

    @property
    def is_instant(self) -> bool:
        return True

    async def run(self, visit: Visit) -> str:
        experiment = self.experiment or f"{visit.flow_name}/{visit.node}"
        place = percentile(experiment, visit.call.caller or visit.call.id)
        bounds = accumulate(way.percent for way in self.ways.values())
        name = next(name for name, bound in zip(self.ways, bounds, strict=True) if place < bound)
        return f"ways:{name}:next"


def percentile(experiment: str, caller: str) -> int:
    """Where the caller stands among all, 0 to 99: always the same, another in each experiment."""
    digest = sha256(f"{experiment}\0{caller}".encode()).digest()
    return int.from_bytes(digest[:8]) % _WHOLE_PERCENT
