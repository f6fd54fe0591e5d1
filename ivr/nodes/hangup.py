"""hangup: end the call."""

from typing import ClassVar

from pydantic import Field

from ivr.nodes.base import END, Node, Visit
from ivr.nodes.prompt import Prompt


class Hangup(Node):
    """Says goodbye and ends the call: the regular end of every way through a flow."""

    type: ClassVar[str] = "hangup"
    leaves_line: ClassVar[bool] = True
    ends_walk: ClassVar[bool] = True
    prompt: Prompt | None = Field(default=None, description="Said before the call ends.")

    @property
    def is_instant(self) -> bool:
        return self.prompt is None

    async def run(self, visit: Visit) -> str:
        await visit.play(self.prompt)
        await visit.call.hangup()
        return END
