"""hangup: end the call."""

from typing import ClassVar

from ivr.nodes.base import END, Node, Visit
from ivr.nodes.prompt import Prompt


class Hangup(Node):
    """Says goodbye and ends the call: the walk's regular end.

    Fields: `prompt` (optional). No exit.
    """

    type: ClassVar[str] = "hangup"
    leaves_line: ClassVar[bool] = True
    ends_walk: ClassVar[bool] = True
    prompt: Prompt | None = None

    async def run(self, visit: Visit) -> str:
        await visit.play(self.prompt)
        await visit.call.hangup()
        return END
