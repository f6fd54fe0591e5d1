"""consent: may this call be recorded?"""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from ivr.flow.node import Target
from ivr.model.events import ConsentAnswered
from ivr.model.recording import ConsentAnswer
from ivr.model.units import Seconds
from ivr.nodes.base import MATCH, NO_INPUT, NO_MATCH, Node, Visit
from ivr.nodes.prompt import Prompt


class Consent(Node):
    """Asks whether the call may be recorded, or announces that it is.

    The answer goes with the call, across transfers, call-backs and a restart: queues with
    `record: with_consent` record only who has agreed, and `record` nodes nobody who has refused.
    Who says nothing has refused.
    """

    type: ClassVar[str] = "consent"
    takes_input: ClassVar[bool] = True
    prompt: Prompt = Field(description="asks, and names both keys; or announces")
    ask: bool = Field(
        True, description="false: nobody is asked, who hears the prompt to its end has agreed"
    )
    yes_key: Annotated[str, Field(pattern=r"^[0-9*#]$")] = Field("1", description="agrees")
    no_key: Annotated[str, Field(pattern=r"^[0-9*#]$")] = Field("2", description="refuses")
    timeout_s: Annotated[Seconds, Field(ge=0.5, le=60)] = Field(
        5, description="wait for a key after the prompt"
    )
    retries: Annotated[int, Field(ge=0, le=10)] = Field(
        1, description="how often the prompt is repeated after silence or another key"
    )
    given: Target = Field(description="taken when the caller agrees")
    refused: Target | None = Field(
        None, description="taken when the caller refuses or says nothing; left out: `given`"
    )

    @model_validator(mode="after")
    def _two_keys(self) -> "Consent":
        if self.yes_key == self.no_key:
            raise ValueError("yes_key and no_key are the same key")
        if not self.ask and self.refused is not None:
            raise ValueError("nobody can refuse what is not asked: leave refused out")
        return self

    async def run(self, visit: Visit) -> str:
        if not self.ask:
            visit.ahead = ""
            await visit.play(self.prompt)
            return await self._answered(visit, "given", "announced")
        for _ in range(self.retries + 1):
            audio = self.prompt.audio(visit.variables)
            key = await visit.first_key(audio, self.timeout_s, barge_in=True)
            known = key in (self.yes_key, self.no_key)
            visit.record_input(key, MATCH if known else NO_MATCH if key else NO_INPUT)
            if known:
                return await self._answered(
                    visit, "given" if key == self.yes_key else "refused", "key"
                )
        return await self._answered(visit, "refused", "silence")

    async def _answered(self, visit: Visit, answer: ConsentAnswer, by: str) -> str:
        visit.recorder.record(
            ConsentAnswered(at=visit.clock.now(), call=visit.call.id, answer=answer, by=by)
        )
        await visit.recording.consent(answer)
        return "refused" if answer == "refused" and self.refused is not None else "given"
