"""survey: let the caller rate something by keys, and count the answer."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from ivr.flow.node import FilledRef, SurveyTerms, Target
from ivr.model.events import SurveyAnswered
from ivr.model.site import Name
from ivr.nodes.base import MATCH, Visit
from ivr.nodes.question import Question

Kind = Literal["csat", "nps", "ces", "fcr"]
Mark = Annotated[int, Field(ge=0, le=10)]

SCALES: Mapping[Kind, tuple[int, int]] = {
    "csat": (1, 5),
    "nps": (0, 10),
    "ces": (1, 7),
    "fcr": (1, 2),
}
"""Kind -> the scale its figure is usually asked on."""
FIXED: Mapping[Kind, str] = {"nps": "from 0 to 10", "fcr": "by 1 for yes and 2 for no"}
"""Kinds that have no other scale, and how they are asked."""

CSAT_STEPS_MIN = 4
"""The two best marks count as satisfied: on a shorter scale that would be nearly everybody."""

END_KEY = "#"


class Survey(Question):
    """Lets the caller rate something by keys, usually after a conversation: the agent hangs up,
    and the caller goes on at the `next` of the queue node.

    The answer goes into the journal and the metrics, with the agent and the queue of the last
    conversation in this call. A mark that is whole counts at once; after one that also begins a
    longer one, the node waits `digit_timeout_s` for more (or `#`).
    """

    type: ClassVar[str] = "survey"
    survey: Name = Field(
        description="Name under which the answers are counted; surveys of one name, also in other "
        "flows, have the same kind and scale."
    )
    kind: Kind = Field(
        description="What figure the answers make: satisfaction (`csat`, 1 to 5), recommendation "
        "(`nps`, 0 to 10), effort (`ces`, 1 to 7) or whether the matter is solved by this first "
        "call (`fcr`: 1 yes, 2 no)."
    )
    min: Mark | None = Field(default=None, description="Lowest mark; left out: that of the kind.")
    max: Mark | None = Field(default=None, description="Highest mark; left out: that of the kind.")
    into: FilledRef | None = Field(
        default=None,
        description="Variable of type `digits`, `number` or `text` that takes it, too.",
    )
    next: Target = Field(description="Taken when the caller has answered.")

    @model_validator(mode="after")
    def _is_a_scale(self) -> "Survey":
        low, high = self.scale
        if low >= high:
            raise ValueError(f"a scale from {low} to {high} leaves nothing to choose")
        if self.kind in FIXED and self.scale != SCALES[self.kind]:
            raise ValueError(f"{self.kind} is asked {FIXED[self.kind]}: leave min and max out")
        if self.kind == "csat" and high - low + 1 < CSAT_STEPS_MIN:
            raise ValueError(f"csat needs {CSAT_STEPS_MIN} marks at least: the two best count")
        return self

    @property
    def scale(self) -> tuple[int, int]:
        """Lowest and highest mark."""
        low, high = SCALES[self.kind]
        return low if self.min is None else self.min, high if self.max is None else self.max

    @property
    def marks(self) -> tuple[str, ...]:
        """Every answer, as it is typed."""
        low, high = self.scale
        return tuple(str(mark) for mark in range(low, high + 1))

    def survey_terms(self) -> SurveyTerms:
        low, high = self.scale
        return SurveyTerms(self.survey, f"{self.kind} from {low} to {high}")

    async def run(self, visit: Visit) -> str:
        result, typed = await self.ask(visit, self.tries())
        if result != MATCH:
            return result
        self._record(visit, int(typed))
        if self.into is not None:
            visit.assign(self.into, typed)
        return "next"

    async def read_rest(self, visit: Visit, first: str) -> str:
        return await self.read_keys(visit, first, end=END_KEY, is_whole=self._is_whole)

    def accepts(self, _visit: Visit, typed: str) -> bool:
        return typed in self.marks

    def _is_whole(self, typed: str) -> bool:
        return not any(mark.startswith(typed) and mark != typed for mark in self.marks)

    def _record(self, visit: Visit, score: int) -> None:
        low, high = self.scale
        talk = visit.queues.last_talk()
        visit.recorder.record(
            SurveyAnswered(
                at=visit.clock.now(),
                call=visit.call.id,
                flow=visit.flow_name,
                node=visit.node,
                survey=self.survey,
                kind=self.kind,
                low=low,
                high=high,
                score=score,
                queue=talk.queue,
                agent=talk.agent,
            )
        )
