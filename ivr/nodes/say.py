"""say (also play): tell the caller something."""

from typing import ClassVar

from ivr.flow.node import Target
from ivr.nodes.base import KEYS, Node, Visit
from ivr.nodes.prompt import Prompt


class Say(Node):
    """Plays a prompt: texts, sound files, digits read out.

    Fields: `prompt`; `barge_in` (default false): any key ends it, and counts as the first key of
    the answer to the next question. Exit: `next`.
    """

    type: ClassVar[str] = "say"
    prompt: Prompt
    barge_in: bool = False
    next: Target

    async def run(self, visit: Visit) -> str:
        audio = self.prompt.audio(visit.variables)
        if not self.barge_in:
            await visit.call.play(audio)
        elif not visit.ahead:
            visit.ahead = await visit.call.play(audio, keys=KEYS)
        return "next"
