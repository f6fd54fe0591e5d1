"""say (also play): tell the caller something."""

from typing import ClassVar

from pydantic import Field

from ivr.flow.node import Target
from ivr.nodes.base import KEYS, Node, Visit
from ivr.nodes.prompt import Prompt


class Say(Node):
    """Tells the caller something: texts, sound files, digits read out."""

    type: ClassVar[str] = "say"
    prompt: Prompt = Field(description="What is said.")
    barge_in: bool = Field(
        default=False,
        description="Any key ends it, and counts as the first key of the answer to the next "
        "question.",
    )
    next: Target = Field(description="Taken when everything was said, or cut short by a key.")

    async def run(self, visit: Visit) -> str:
        audio = self.prompt.audio(visit.variables)
        if not self.barge_in:
            await visit.call.play(audio)
        elif not visit.ahead:
            visit.ahead = await visit.call.play(audio, keys=KEYS)
        return "next"
