"""dial: ring one telephone, outside the queues."""

import re
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from ivr.expression.values import as_text
from ivr.flow.node import ExtensionRef, Target, VariableRef
from ivr.model.events import Dialled
from ivr.model.site import DialString, Site
from ivr.model.units import Seconds
from ivr.nodes.base import Node, Visit
from ivr.nodes.prompt import Prompt
from ivr.ports import DialResult, DialTarget

_EXITS = {"answered": "next", "no_answer": "no_answer", "busy": "busy", "rejected": "busy"}


class Dial(Node):
    """Rings one telephone outside the queues: an extension of the site, or an allowed number.

    Give exactly one of `extension`, `number` and `variable`. Numbers are dialled only when the
    site's allow-list (`outbound`) names them; whatever else is refused without dialling.
    """

    type: ClassVar[str] = "dial"
    leaves_line: ClassVar[bool] = True
    repeatable: ClassVar[bool] = False
    extension: ExtensionRef | None = Field(default=None, description="The extension to ring.")
    number: DialString | None = Field(default=None, description="The outside number to ring.")
    variable: VariableRef | None = Field(
        default=None,
        description="The variable that holds an extension or a number, as typed by the caller.",
    )
    prompt: Prompt | None = Field(default=None, description="Said before it rings.")
    barge_in: bool = Field(default=True, description="Any key ends the prompt, and it rings.")
    ring_timeout_s: Annotated[Seconds, Field(ge=1, le=300)] = Field(
        default=20, description="How long it rings."
    )
    next: Target = Field(description="Taken after the conversation.")
    no_answer: Target = Field(description="Taken when nobody picks up.")
    busy: Target | None = Field(
        default=None, description="Taken when busy or rejected; left out: `no_answer` is taken."
    )
    failed: Target | None = Field(
        default=None,
        description="Taken when unreachable, or not allowed; left out: `no_answer` is taken.",
    )

    @model_validator(mode="after")
    def _one_target(self) -> "Dial":
        given = [one for one in (self.extension, self.number, self.variable) if one is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of extension, number and variable")
        return self

    async def run(self, visit: Visit) -> str:
        visit.ahead = ""
        wanted = self._wanted(visit)
        target = dial_target(visit.site, wanted)
        result = DialResult("refused")
        started_at = visit.clock.now()
        if target is not None:
            await visit.play(self.prompt, barge_in=self.barge_in)
            started_at = visit.clock.now()
            result = await visit.call.dial(target, ring_timeout_s=self.ring_timeout_s)
        self._record(visit, wanted, result, started_at)
        outcome = _EXITS.get(result.outcome, "failed")
        return outcome if outcome in self.exits() else "no_answer"

    def _wanted(self, visit: Visit) -> str:
        if self.variable is not None:
            return as_text(visit.variables[self.variable])
        return self.extension or self.number or ""

    def _record(self, visit: Visit, wanted: str, result: DialResult, started_at: float) -> None:
        now = visit.clock.now()
        visit.recorder.record(
            Dialled(
                at=now,
                call=visit.call.id,
                target=visit.mask(wanted),
                outcome=result.outcome,
                seconds=now - started_at,
            )
        )


_NUMBER = re.compile(r"\+?[0-9]{1,20}", re.ASCII)
"""A caller's own text may be dialled: a prefix on the allow-list must not let through more."""


def dial_target(site: Site, wanted: str) -> DialTarget | None:
    """Whom `wanted` reaches: an extension of the site, an allowed number, or nobody."""
    if wanted in site.extensions:
        return DialTarget(extension=wanted)
    allowed = _NUMBER.fullmatch(wanted) and site.outbound.permits(wanted)
    return DialTarget(number=wanted) if allowed else None
